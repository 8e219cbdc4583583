/* Coverage: who could be at each circle in time now, asked of the engine when it says that this has changed,
 * while the page is looked at. It explains and warns; nothing is kept from being ordered. */

import { computed, effect, signal } from '@preact/signals';
import { http } from '../link/http.ts';
import * as api from '../protocol/http.ts';
import type { TierName } from '../protocol/values.ts';
import { session } from '../ui/session.ts';
import { gapSigns } from './cover.ts';
import { coverageNews, linkState, picks } from './state.ts';

const ASK_GAP_MS = 2000; /* in a busy city it changes all the time */
/** So many units at once are taken away in thought. */
const WITHOUT_MAX = 7;

export const coverage = signal<api.Coverage | null>(null);
export const coverageOpen = signal(false);
export const gapsByCircle = computed(() => gapSigns(coverage.value));

/** What the chosen units would leave to nobody, as of the last answer for just these. */
export const lost = signal<readonly { circle: string; tier: TierName }[]>([]);

let asked = 0;
let askedMonotonic = -Infinity;
let waiting: ReturnType<typeof setTimeout> | null = null;
/** Nobody looks: asked when somebody does. */
let missed = false;

async function ask(): Promise<void> {
  const token = session.peek()?.token ?? null;
  if (token === null) return;
  missed = document.hidden;
  if (missed) return;
  askedMonotonic = performance.now();
  const units = [...picks.peek().keys()].slice(0, WITHOUT_MAX).join(',');
  const number = ++asked;
  const reply = await http(`/v1/coverage?without=${encodeURIComponent(units)}`.replace(/\?without=$/, ''), api.coverage, { token });
  if (number !== asked) return;
  coverage.value = reply.ok ? reply.value.coverage : null;
  lost.value = reply.ok ? reply.value.coverage.lost : [];
  /* Nobody may say again that it has changed: only who may not ask gives up. */
  if (!reply.ok && reply.status !== 401 && reply.status !== 403) askSoon();
}

function askSoon(): void {
  waiting ??= setTimeout(() => {
    waiting = null;
    void ask();
  }, Math.max(0, askedMonotonic + ASK_GAP_MS - performance.now()));
}

export function watchCoverage(): () => void {
  const looked = (): void => {
    if (missed && !document.hidden) void ask();
  };
  document.addEventListener('visibilitychange', looked);
  const isOnline = computed(() => linkState.value.kind === 'online'); /* what was said meanwhile was not heard */
  const stopPicks = effect(() => {
    void picks.value;
    if (isOnline.value) void ask();
  });
  const stopNews = effect(() => {
    if (coverageNews.value > 0) askSoon();
  });
  return () => {
    document.removeEventListener('visibilitychange', looked);
    stopPicks();
    stopNews();
    if (waiting !== null) clearTimeout(waiting);
    waiting = null;
    asked += 1;
    coverage.value = null;
    lost.value = [];
  };
}
