/* How a checkpoint stands, with a sign that says so without colour (pure). */

import type { Checkpoint } from '../protocol/patrol.ts';

export type Stand = 'free' | 'waits' | 'soon' | 'overdue';
export const STANDS = ['free', 'waits', 'soon', 'overdue'] as const satisfies readonly Stand[];
export const STAND_SIGN: Record<Stand, string> = { free: '◇', waits: '◆', soon: '◈', overdue: '◆!' };

const SOON_MS = 15 * 60_000;

export const standOf = (checkpoint: Pick<Checkpoint, 'due_ms' | 'overdue_ms'>, now_ms: number): Stand =>
  checkpoint.overdue_ms !== null || (checkpoint.due_ms !== null && checkpoint.due_ms <= now_ms) ? 'overdue'
    : checkpoint.due_ms === null ? 'free'
      : checkpoint.due_ms - now_ms <= SOON_MS ? 'soon' : 'waits';
