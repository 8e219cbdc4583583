/* What the parts of the administration share. */

import { useSignal, type Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { http, type Reply } from '../link/http.ts';
import type { Problem } from '../protocol/frames.ts';
import * as api from '../protocol/http.ts';
import { problemText } from '../ui/problem.ts';
import { forget, session } from '../ui/session.ts';
import { csvOf } from './csv.ts';
import { t } from './words.ts';

export interface Said {
  good: boolean;
  text: string;
}

export const token = (): string | null => session.value?.token ?? null;

export function failed(problem: Problem, status: number, said: Signal<Said | null>): void {
  if (status === 401) forget('tab', 'expired');
  else said.value = { good: false, text: problemText(problem) + (problem.detail ? ` — ${problem.detail}` : '') };
}

export function Message({ said }: { said: Signal<Said | null> }): JSX.Element {
  return (
    <p class={said.value === null ? 'said' : said.value.good ? 'said good' : 'said warn'} role="status">
      {said.value?.text ?? ''}
    </p>
  );
}

/** null: not known, which is not the same as none; `said` tells why. */
export function useDistricts(said: Signal<Said | null>): api.Districts['districts'] | null {
  const districts = useSignal<api.Districts['districts'] | null>(null);
  useEffect(() => {
    void http('/v1/districts', api.districts, { token: token() }).then((reply) => {
      if (reply.ok) districts.value = reply.value.districts;
      else failed(reply.problem, reply.status, said);
    });
  }, []);
  return districts.value;
}

/** One entry of the roster, by the way of all of them: a known code is changed, a new one is added. */
export async function putOne(kind: 'circles' | 'units' | 'plans' | 'centres', entry: Record<string, string>, said: Signal<Said | null>): Promise<boolean> {
  const reply: Reply<api.Roster> = await http(`/v1/roster?kind=${kind}&dry_run=0`, api.roster, {
    method: 'POST', token: token(), raw: { text: csvOf([Object.keys(entry), Object.values(entry)]), type: 'text/csv' },
  });
  if (reply.ok) {
    said.value = { good: true, text: t(reply.value.added > 0 ? 'admin.one.added' : 'admin.one.changed', { code: entry['code'] ?? '' }) };
    return true;
  }
  const [first] = reply.problem.errors ?? [];
  if (first) said.value = { good: false, text: first.detail };
  else failed(reply.problem, reply.status, said);
  return false;
}
