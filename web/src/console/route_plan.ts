/* Which way is asked for next (pure). */

import type { AssignmentState } from '../protocol/values.ts';

export const UNDER_WAY: ReadonlySet<AssignmentState> = new Set(['sent', 'delivered', 'acknowledged', 'en_route']);
/** So many ways at once can still be told apart. */
export const ROUTES_MAX = 12;
const MOVED_M = 40;
const AGAIN_MS_MIN = 3_000;

export interface RouteWish {
  unit: string;
  incident: number;
  /** The place, as text: it may move. */
  to: string;
}
export interface HeldRoute extends RouteWish {
  from: { lat: number; lon: number } | null;
  askedAt: number;
  /** Of the roads that it goes by; -1: to be asked again. */
  version: number;
  line: readonly (readonly [number, number])[] | null;
  travel_ms: number | null;
  distance_m: number | null;
}
type Place = { lat: number; lon: number };

/** First those that were never asked for, then the oldest of those that are no longer so. */
export function dueRoute(
  wishes: readonly RouteWish[], held: ReadonlyMap<string, HeldRoute>, at: (unit: string) => Place | null,
  version: number, now: number, metres: (a: Place, b: Place) => number,
): RouteWish | null {
  let oldest: HeldRoute | null = null;
  for (const wish of wishes.slice(0, ROUTES_MAX)) {
    const before = held.get(wish.unit);
    if (!before) return wish;
    const here = at(wish.unit);
    const moved = here !== null && (before.from === null || metres(before.from, here) > MOVED_M);
    const old = before.version < version || moved;
    if (old && now - before.askedAt >= AGAIN_MS_MIN && (!oldest || before.askedAt < oldest.askedAt)) oldest = before;
  }
  return oldest && { unit: oldest.unit, incident: oldest.incident, to: oldest.to };
}
