/* Far out, 20,000 dots are a carpet: of the units that merely stand by, one a cell of the screen is
 * drawn. Those on a job, the silent ones and the marked one are drawn always, and on top. Pure. */

import type { Fleet } from '../fleet.ts';

export const THIN_FROM = 3_000;
export const THIN_ZOOM = 12;
const CELL_PX = 6;
const TILE_PX = 512;

const isOnJob = (status: number): boolean => status >= 2 && status <= 4;

/** The indexes to draw, in the order to draw them. */
export function drawn(fleet: Fleet, zoom: number, now_ms: number, marked: number | null, into: Uint32Array): number {
  const cell = fleet.size > THIN_FROM && zoom < THIN_ZOOM ? CELL_PX / (TILE_PX * 2 ** zoom) : 0;
  const taken = new Set<number>();
  let count = 0;
  for (let index = 0; index < fleet.size; index++) {
    const x = fleet.x[index]!;
    if (Number.isNaN(x) || fleet.codes[index] == null || isOnJob(fleet.status[index]!) || index === marked) continue;
    if (cell > 0 && !fleet.isStale(index, now_ms)) {
      const key = Math.floor(x / cell) * 0x1000000 + Math.floor(fleet.y[index]! / cell);
      if (taken.has(key)) continue;
      taken.add(key);
    }
    into[count++] = index;
  }
  for (let index = 0; index < fleet.size; index++) {
    if (Number.isNaN(fleet.x[index]!) || fleet.codes[index] == null) continue;
    if (isOnJob(fleet.status[index]!) && index !== marked) into[count++] = index;
  }
  if (marked !== null && marked < fleet.size && !Number.isNaN(fleet.x[marked]!)) into[count++] = marked;
  return count;
}
