/* What every page asks of the HTTP routes; the others are in http.ts, which a unit's first page does without. */

import { int, obj, record, str, type Of } from './check.ts';
import { user } from './objects.ts';

export const login = obj({ token: str, expires_ms: int, user });
export const anything = record((value: unknown) => value);

export type Login = Of<typeof login>;
