import { describe, expect, it } from 'vitest';
import { Fleet } from '../src/console/fleet.ts';
import { drawn, THIN_FROM, THIN_ZOOM } from '../src/console/map/thin.ts';
import type { Unit } from '../src/protocol/objects.ts';

const JOBS = ['dispatched', 'en_route', 'on_scene'];

/** Units on a lattice of `step` degrees; every tenth is on a job. */
function fleetOf(count: number, step: number): Fleet {
  const fleet = new Fleet();
  fleet.takeUnits(Array.from({ length: count }, (_, index) => ({
    index, code: `U${index}`, kind: 'post', lat: 22.5 + Math.floor(index / 200) * step, lon: 113.4 + (index % 200) * step,
    status: index % 10 === 0 ? JOBS[(index / 10) % 3] : 'available', fix_ms: 0,
  }) as unknown as Unit));
  return fleet;
}
function indexes(fleet: Fleet, zoom: number, marked: number | null = null): number[] {
  const into = new Uint32Array(fleet.size * 2);
  return [...into.subarray(0, drawn(fleet, zoom, 0, marked, into))];
}

describe('what the map draws of the units', () => {
  it('is all of them near by, and all of a small fleet', () => {
    expect(indexes(fleetOf(THIN_FROM + 1, 0.0001), THIN_ZOOM)).toHaveLength(THIN_FROM + 1);
    expect(indexes(fleetOf(THIN_FROM, 0.0001), 8)).toHaveLength(THIN_FROM);
  });

  it('is every unit on a job at any zoom, and one a cell of those that stand by', () => {
    const fleet = fleetOf(20_000, 0.0002);
    const far = indexes(fleet, 9);
    expect(far.filter((index) => index % 10 === 0)).toHaveLength(2_000);
    const standing = far.filter((index) => index % 10 !== 0);
    expect(standing.length).toBeGreaterThan(10);
    expect(standing.length).toBeLessThan(500);
    const cells = standing.map((index) => `${Math.floor(fleet.x[index]! * 512 * 2 ** 9 / 6)} ${Math.floor(fleet.y[index]! * 512 * 2 ** 9 / 6)}`);
    expect(new Set(cells).size).toBe(cells.length);
  });

  it('has those on a job above the others, and the marked one on top of all', () => {
    const list = indexes(fleetOf(20_000, 0.0002), 9, 4_321);
    expect(list.at(-1)).toBe(4_321);
    expect(list.filter((index) => index === 4_321)).toHaveLength(1);
    const firstJob = list.findIndex((index) => index % 10 === 0);
    expect(list.slice(firstJob, -1).every((index) => index % 10 === 0)).toBe(true);
  });

  it('leaves nobody out who is nowhere else: every cell with a unit has a dot', () => {
    const fleet = fleetOf(6_000, 0.01);
    expect(indexes(fleet, 11.9)).toHaveLength(6_000);
  });
});
