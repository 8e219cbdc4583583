/* Which key does what. A desk may change it, but not Esc and F9, which a relief must find where they
 * are; and never to a bare letter, which would act while somebody dictates (WCAG 2.1.4). Pure, but for
 * what is stored. */

import { signal } from '@preact/signals';

export const ACTIONS = [
  'help', 'next', 'previous', 'report', 'detail', 'alarms', 'pane', 'pane_back', 'mute', 'ack', 'order', 'handover',
] as const;
export type Action = (typeof ACTIONS)[number];
export type Keys = Readonly<Record<Action, string>>;

export const DEFAULT_KEYS: Keys = {
  help: 'F1', next: 'F2', previous: 'Shift+F2', report: 'F3', detail: 'F4', alarms: 'Shift+F9', pane: 'F6', pane_back: 'Shift+F6',
  mute: 'F8', ack: 'F9', order: 'Ctrl+Enter', handover: 'Shift+F8',
};
export const FIXED: ReadonlySet<Action> = new Set(['ack']);

type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'altKey' | 'shiftKey' | 'metaKey'>;

/** `Ctrl+Shift+F2`; a letter is written large. */
export function keyName(event: Pressed): string {
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  return [event.ctrlKey ? 'Ctrl' : '', event.altKey ? 'Alt' : '', event.shiftKey ? 'Shift' : '', event.metaKey ? 'Meta' : '', key]
    .filter((part) => part !== '').join('+');
}

export function actionOf(keys: Keys, event: Pressed): Action | null {
  const name = keyName(event);
  return ACTIONS.find((action) => keys[action] === name) ?? null;
}

export type Remapped = { ok: true; keys: Keys } | { ok: false; why: 'fixed' | 'taken' | 'bare' };

export function remap(keys: Keys, action: Action, name: string): Remapped {
  if (FIXED.has(action)) return { ok: false, why: 'fixed' };
  const last = name.split('+').at(-1) ?? '';
  if (/^(Escape|Tab|Enter|Control|Alt|Shift|Meta|Arrow\w+|Backspace|Delete|Dead|Process)$/.test(name) || last === '') return { ok: false, why: 'bare' };
  if (last.length === 1 && !/(Ctrl|Alt|Meta)\+/.test(name)) return { ok: false, why: 'bare' };
  if (/^Alt\+\d$/.test(name) || ACTIONS.some((other) => other !== action && keys[other] === name)) return { ok: false, why: 'taken' };
  return { ok: true, keys: { ...keys, [action]: name } };
}

const STORED = 'kuaifan.keys';

/** What was stored, if every key of it could be set today; else the usual ones. */
export function restore(text: string | null): Keys {
  let keys = DEFAULT_KEYS;
  try {
    const held: unknown = JSON.parse(text ?? '{}');
    if (typeof held !== 'object' || held === null) return keys;
    for (const [action, name] of Object.entries(held)) {
      if (!ACTIONS.includes(action as Action) || typeof name !== 'string' || keys[action as Action] === name) continue;
      const next = remap(keys, action as Action, name);
      if (next.ok) keys = next.keys;
    }
  } catch {
    /* not ours: the usual keys */
  }
  return keys;
}

function stored(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

export const keys = signal<Keys>(restore(stored()));

export function setKeys(next: Keys): void {
  keys.value = next;
  try {
    localStorage.setItem(STORED, JSON.stringify(next));
  } catch {
    /* they hold until the page is closed */
  }
}
