/* What the engine did not take of what was pressed here: told until somebody has seen it, also after the
 * page was closed. Of steps only the newest counts; a signature or a note is somebody's work, and each one
 * stays: there may be many after a tunnel. */

import { computed, effect, signal } from '@preact/signals';
import type { Command } from '../protocol/commands.ts';
import type { Problem } from '../protocol/frames.ts';

export interface Refused {
  command: Command;
  problem: Problem;
}

const stored = (owner: string): string => `kuaifan-unit-refused ${owner}`;
const held = signal<{ owner: string; all: readonly Refused[] }>({ owner: '', all: [] });
export const refusals = computed(() => held.value.all);

const put = (all: readonly Refused[]): void => {
  held.value = { ...held.peek(), all };
};
const isWork = ({ command: { op } }: Refused): boolean => op === 'checkpoint.sign' || op === 'incident.note';

/** Those of whoever is logged in. */
export function openRefusals(owner: string): void {
  if (held.peek().owner === owner) return;
  let all: unknown = null;
  try {
    all = JSON.parse(localStorage.getItem(stored(owner)) ?? '[]');
  } catch {
    /* nothing that could be read was kept */
  }
  held.value = { owner, all: Array.isArray(all) ? (all as Refused[]) : [] };
}

effect(() => {
  const { owner, all } = held.value;
  if (owner === '') return;
  try {
    if (all.length > 0) localStorage.setItem(stored(owner), JSON.stringify(all));
    else localStorage.removeItem(stored(owner));
  } catch {
    /* no room, or private mode: they last as long as the page */
  }
});

export const refuse = (refused: Refused): void => put([...held.peek().all.filter(isWork), refused]);
/** Something else was pressed: the step that was not taken is past. */
export const pressed = (): void => put(held.peek().all.filter(isWork));
/** A place is signed again. */
export const signedAgain = (code: string): void =>
  put(held.peek().all.filter(({ command }) => command.op !== 'checkpoint.sign' || command.checkpoint !== code));
export const dismiss = (refused: Refused): void => put(held.peek().all.filter((one) => one !== refused));
