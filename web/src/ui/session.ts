/* Who is logged in here. A person's token lives as long as the tab; a device's outlives reloads, so
 * that a phone that was killed goes on. */

import { signal } from '@preact/signals';
import { http, type Reply } from '../link/http.ts';
import * as api from '../protocol/login.ts';
import { check as checkUser } from './session_check.ts';
import type { User } from '../protocol/objects.ts';
import type { Role } from '../protocol/values.ts';

export interface Session {
  token: string;
  user: User;
  expires_ms: number;
}

export type Keep = 'tab' | 'device';
const STORED = 'kuaifan.session';

export const session = signal<Session | null>(null);
export const mayEnter = (roles: readonly Role[]): boolean => session.value !== null && roles.includes(session.value.user.role);

/** Why the login form is shown again. */
export const notice = signal<'expired' | null>(null);

const storage = (keep: Keep): Storage => (keep === 'tab' ? sessionStorage : localStorage);

export function restoreSession(keep: Keep): void {
  try {
    const text = storage(keep).getItem(STORED);
    if (text !== null) session.value = checkUser(JSON.parse(text));
  } catch {
    session.value = null;
  }
}

export async function login(
  keep: Keep,
  credentials: { name: string; password: string } | { unit: string; secret: string },
): Promise<Reply<api.Login>> {
  const reply = await http('/v1/login', api.login, { method: 'POST', body: credentials });
  if (reply.ok) {
    notice.value = null;
    session.value = reply.value;
    try {
      storage(keep).setItem(STORED, JSON.stringify(reply.value));
    } catch {
      /* private mode: the session lasts as long as the page */
    }
  }
  return reply;
}

export function forget(keep: Keep, why: 'expired' | null = null): void {
  session.value = null;
  notice.value = why;
  try {
    storage(keep).removeItem(STORED);
  } catch {
    /* nothing was kept */
  }
}

export async function logout(keep: Keep): Promise<void> {
  const token = session.value?.token ?? null;
  forget(keep);
  await http('/v1/logout', () => null, { method: 'POST', token });
}
