/* What our own drives propose for the speeds of a class of roads, beside what is in force. Pure. */

import type { SpeedHour, SpeedRow } from '../protocol/http.ts';

/** Kilometres an hour that a percent of the map's speed is. */
export function kmh(row: SpeedRow, percent: number): number {
  return Math.round((row.map_kmh * percent) / 100);
}

/** The hours whose proposal is something else than what is in force. */
export function changes(row: SpeedRow): SpeedHour[] {
  return row.hours.filter((hour) => hour.proposed !== null && hour.proposed !== hour.percent);
}

/** The body that accepts what is proposed and leaves the other hours as they are. */
export function accepted(row: SpeedRow): { vehicle: string; class: string; percent: number[] } {
  return { vehicle: row.vehicle, class: row.class, percent: row.hours.map((hour) => hour.proposed ?? hour.percent) };
}

/** The body that goes back to what the map says. */
export function asMapped(row: SpeedRow): { vehicle: string; class: string; percent: number[] } {
  return { vehicle: row.vehicle, class: row.class, percent: row.hours.map(() => 100) };
}

export function keyOf(row: SpeedRow): string {
  return `${row.vehicle} ${row.class}`;
}

export function driven(row: SpeedRow): number {
  return row.hours.reduce((sum, hour) => sum + hour.n, 0);
}

/** Where there is most to accept, or else most was driven. */
export function mostTelling(rows: readonly SpeedRow[]): SpeedRow | undefined {
  return [...rows].sort((a, b) => changes(b).length - changes(a).length || driven(b) - driven(a))[0];
}
