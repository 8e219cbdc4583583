/* What patrols have to visit, as GET /v1/checkpoints says it; a file of its own, so that only who
 * asks loads it. */

import { count, int, list, maybe, nullable, num, obj, str, type Of } from './check.ts';

export const checkpoint = obj({
  code: str, name: str, lat: num, lon: num, radius_m: count, circle: maybe(str), district: maybe(str),
  from: str, to: str, every_min: count, stay_s: count, stops: list(str),
  visited_ms: nullable(int), visited_by: maybe(str), visit: maybe(str), due_ms: nullable(int), overdue_ms: nullable(int), missed: count,
  next: maybe(str), began_ms: nullable(int),
});
export const checkpoints = obj({ checkpoints: list(checkpoint) });
export type Checkpoint = Of<typeof checkpoint>;

/** GET /v1/patrol: what was due, who came, and for how long nobody did. */
const patrolLine = obj({
  group: nullable(str), name: nullable(str), circle: nullable(str), checkpoints: count, due: nullable(count), missed: nullable(count),
  visits: count, seen: count, signed: count, scanned: count, walked: count, unconfirmed: count,
  gap_ms: nullable(int), gap_from_ms: nullable(int), last_ms: nullable(int),
});
export const patrol = obj({
  definition: obj({ time_zone: str, from_ms: nullable(int), to_ms: nullable(int) }),
  total: patrolLine,
  lines: list(patrolLine),
});
export type Patrol = Of<typeof patrol>;
export type PatrolLine = Patrol['lines'][number];

/** A route has no place of its own: it is where its stops are. */
export const isRoute = (checkpoint: Pick<Checkpoint, 'stops'>): boolean => checkpoint.stops.length > 0;
