/* What patrols have to visit, as GET /v1/checkpoints says it; a file of its own, so that only who
 * asks loads it. */

import { count, int, list, maybe, nullable, num, obj, str, type Of } from './check.ts';

export const checkpoint = obj({
  code: str, name: str, lat: num, lon: num, radius_m: count, circle: maybe(str), district: maybe(str),
  from: str, to: str, every_min: count, stay_s: count,
  visited_ms: nullable(int), visited_by: maybe(str), visit: maybe(str), due_ms: nullable(int), overdue_ms: nullable(int), missed: count,
});
export const checkpoints = obj({ checkpoints: list(checkpoint) });
export type Checkpoint = Of<typeof checkpoint>;
