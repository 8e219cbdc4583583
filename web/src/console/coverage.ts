/* Coverage: who could be at each circle in time now, asked of the engine every two seconds while the page
 * is looked at. It explains and warns; nothing is kept from being ordered. */

import { computed, effect, signal } from '@preact/signals';
import { http } from '../link/http.ts';
import * as api from '../protocol/http.ts';
import type { TierName } from '../protocol/values.ts';
import { session } from '../ui/session.ts';
import { gapSigns } from './cover.ts';
import { picks } from './state.ts';

const POLL_MS = 2000;
/** So many units at once are taken away in thought. */
const WITHOUT_MAX = 7;

export const coverage = signal<api.Coverage | null>(null);
export const coverageOpen = signal(false);
export const gapsByCircle = computed(() => gapSigns(coverage.value));

/** What the chosen units would leave to nobody, as of the last answer for just these. */
export const lost = signal<readonly { circle: string; tier: TierName }[]>([]);

let asked = 0;

async function ask(): Promise<void> {
  const token = session.peek()?.token ?? null;
  if (token === null || document.hidden) return;
  const units = [...picks.peek().keys()].slice(0, WITHOUT_MAX).join(',');
  const number = ++asked;
  const reply = await http(`/v1/coverage?without=${encodeURIComponent(units)}`.replace(/\?without=$/, ''), api.coverage, { token });
  if (number !== asked) return;
  coverage.value = reply.ok ? reply.value.coverage : null;
  lost.value = reply.ok ? reply.value.coverage.lost : [];
}

export function watchCoverage(): () => void {
  const timer = setInterval(() => void ask(), POLL_MS);
  const stop = effect(() => {
    void picks.value;
    void ask();
  });
  return () => {
    clearInterval(timer);
    stop();
    asked += 1;
    coverage.value = null;
    lost.value = [];
  };
}
