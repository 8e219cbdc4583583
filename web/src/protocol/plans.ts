/* Plans of circles, as GET /v1/plans says them; a file of its own, so that only who asks loads it. */

import { count, list, obj, oneOf, str, type Of } from './check.ts';
import { text } from './objects.ts';
import { INCIDENT_TYPES } from './values.ts';

export const plan = obj({
  code: str, version: count, circle: str, types: list(oneOf(INCIDENT_TYPES)), priorities: list(count),
  units: obj({ '1': list(str), '3': list(str), '5': list(str) }), words_zh: text, words_en: text,
});
export const plans = obj({ plans: list(plan) });
export type Plan = Of<typeof plan>;
