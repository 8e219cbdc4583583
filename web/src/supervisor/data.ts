/* What the page has asked for, and how it asks: every answer is kept under its question, so that a view
 * that comes back is there at once, and a late answer to an old question changes nothing. */

import { signal } from '@preact/signals';
import { http, httpBlob } from '../link/http.ts';
import { saveFile } from '../ui/save.ts';
import type { Check } from '../protocol/check.ts';
import * as api from '../protocol/http.ts';
import { patrol } from '../protocol/patrol.ts';
import { problemText } from '../ui/problem.ts';
import { forget, session } from '../ui/session.ts';
import { addressOf, filterOf, rangeIsGood, type Filter } from './filter.ts';
import { t } from './words.ts';

export const filter = signal<Filter>(filterOf(location.search));
export const failure = signal<string | null>(null);
export const definition = signal<api.Definition | null>(null);
export const waiting = signal(0);
/** Counts how often the reader asked anew: what was answered before is asked again. */
export const round = signal(0);

const token = (): string | null => session.value?.token ?? null;

/** One question at a time; `value` is the answer to the newest. */
export class Asked<T> {
  readonly value = signal<T | null>(null);
  private question = '';
  private number = 0;

  constructor(private readonly check: Check<T>) {}

  /** Nothing is asked twice in a round. */
  async ask(path: string): Promise<void> {
    const question = `${round.value} ${path}`;
    if (question === this.question) return;
    this.question = question;
    const mine = ++this.number;
    waiting.value += 1;
    const reply = await http(path, this.check, { token: token() });
    waiting.value -= 1;
    if (mine !== this.number) return;
    if (reply.ok) {
      this.value.value = reply.value;
      return;
    }
    this.question = '';
    if (reply.status === 401) forget('tab', 'expired');
    else failure.value = problemText(reply.problem) + (reply.problem.detail ? ` — ${reply.problem.detail}` : '');
  }
}

export const record = new Asked(api.responseTimes);
export const cityTimes = new Asked(api.timesSummary);
export const trend = new Asked(api.timesSummary);
export const league = new Asked(api.timesSummary);
export const drillTimes = new Asked(api.timesSummary);
export const bulletin = new Asked(api.bulletin);
export const heat = new Asked(api.heat);
export const past = new Asked(api.pastBoard);
export const patrols = new Asked(patrol);

export function change(next: Partial<Filter>): void {
  const whole = { ...filter.value, ...next };
  failure.value = null;
  if (!rangeIsGood(whole)) {
    failure.value = t('sup.bad_range');
    return;
  }
  filter.value = whole;
  history.replaceState(null, '', location.pathname + addressOf(whole));
}

export async function download(path: string, name: string): Promise<void> {
  const reply = await httpBlob(path, { token: token() });
  if (!reply.ok) {
    failure.value = problemText(reply.problem);
    return;
  }
  saveFile(reply.value, `kuaifan-${name}-${new Date().toISOString().slice(0, 10)}.csv`);
}

/** The city's zone, if this browser knows it; else times are this machine's. */
export function timeZone(): string | undefined {
  const name = definition.value?.time_zone ?? null;
  if (name === null) return undefined;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return name;
  } catch {
    return undefined;
  }
}
