import { decode } from '../protocol/frames.ts';
import * as api from '../protocol/login.ts';

/** What storage holds may be of an older version of the page: checked like anything from outside. */
export function check(value: unknown): api.Login | null {
  const decoded = decode(api.login, value);
  return decoded.ok ? decoded.value : null;
}
