/* Who is on duty in each circle beside what its rota asks for, as GET /v1/staffing says it; a file of
 * its own, so that only who asks loads it. */

import { count, list, nullable, obj, str, type Of } from './check.ts';

export const staffing = obj({
  staffing: list(obj({
    circle: str, minimum: nullable(count), from: nullable(str), to: nullable(str), on: count, people: count, out_of_service: count,
  })),
});
export type Staffing = Of<typeof staffing>['staffing'][number];

/** How many are missing; null: nothing is planned. */
export const missing = (line: Staffing): number | null => (line.minimum === null ? null : Math.max(0, line.minimum - line.on));

/** Those with too few on duty, the most missing first. */
export const shortOf = (lines: readonly Staffing[]): Staffing[] =>
  lines.filter((line) => (missing(line) ?? 0) > 0).sort((a, b) => missing(b)! - missing(a)! || a.circle.localeCompare(b.circle));

/** The hours of the shift it is now, after `before`; nothing where none is planned or one lasts all day. */
export const hoursOf = (line: Staffing, before = ''): string =>
  line.from === null || line.from === line.to ? '' : `${before}${line.from}–${line.to}`;
