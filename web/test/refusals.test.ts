import { beforeEach, expect, it, vi } from 'vitest';
import type { Command } from '../src/protocol/commands.ts';
import type { Problem } from '../src/protocol/frames.ts';

const problem = { code: 'wrong_state', title: 'No', status: 409 } as unknown as Problem;
const note = (text: string): Command => ({ op: 'incident.note', incident: 7, note: text });
const step: Command = { op: 'assignment.update', assignment: 3, state: 'en_route' };
const sign = (checkpoint: string): Command => ({ op: 'checkpoint.sign', checkpoint, visit: 'signed' });

/** The page as it is after it was closed and opened again. */
async function reopened(owner: string): Promise<typeof import('../src/unit/refusals.ts')> {
  vi.resetModules();
  const page = await import('../src/unit/refusals.ts');
  page.openRefusals(owner);
  return page;
}

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  });
});

it('what was refused is told after the page was closed, to its owner alone, until it is dismissed', async () => {
  const first = await reopened('P1');
  first.refuse({ command: note('two are hurt'), problem });
  expect((await reopened('P2')).refusals.value).toEqual([]);
  first.refuse({ command: sign('B1'), problem });
  const second = await reopened('P1');
  expect(second.refusals.value.map(({ command }) => command.op)).toEqual(['incident.note', 'checkpoint.sign']);
  second.dismiss(second.refusals.value[0]!);
  expect((await reopened('P1')).refusals.value.map(({ command }) => command)).toEqual([sign('B1')]);
});

it('of steps only the newest is told, and none once something else is pressed; words and visits stay', async () => {
  const page = await reopened('P1');
  page.refuse({ command: note('two are hurt'), problem });
  page.refuse({ command: step, problem });
  page.refuse({ command: { ...step, state: 'on_scene' }, problem });
  expect(page.refusals.value).toHaveLength(2);
  page.pressed();
  expect(page.refusals.value.map(({ command }) => command)).toEqual([note('two are hurt')]);
});

it('a place that is signed again is no longer told as refused', async () => {
  const page = await reopened('P1');
  for (const code of ['B1', 'B2']) page.refuse({ command: sign(code), problem });
  page.signedAgain('B1');
  expect(page.refusals.value.map(({ command }) => command)).toEqual([sign('B2')]);
});

it('a phone that keeps nothing, or garbage, still tells', async () => {
  for (const kept of ['{', '{}', 'null']) {
    vi.stubGlobal('localStorage', { getItem: () => kept, setItem: () => { throw new Error('quota'); } });
    const page = await reopened('P1');
    page.refuse({ command: step, problem });
    expect(page.refusals.value, kept).toHaveLength(1);
  }
});
