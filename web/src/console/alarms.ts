/* The alarm list as people work it (pure): what rings, what somebody has taken, what rests; and the
 * guard against a flood, when the same cause takes one line. */

import type { Alarm } from '../protocol/objects.ts';
import type { AlarmKind } from '../protocol/values.ts';

export const FLOOD_MS = 600_000;
/** EEMUA 191: ten alarms in ten minutes are more than one person answers. */
export const FLOOD_COUNT = 10;

export const recentRaises = (times: readonly number[], now_ms: number): number[] => times.filter((ms) => now_ms - ms < FLOOD_MS);

export const isFlood = (times: readonly number[], now_ms: number): boolean => recentRaises(times, now_ms).length >= FLOOD_COUNT;

/** Nobody has taken it, nor put it off. */
export const rings = (alarm: Alarm): boolean => alarm.acked_ms === null && alarm.shelved_ms === null;

export const SHELVE_MINUTES = 5;
export const SHELVE_MINUTES_MAX = 15;

export interface AlarmLine {
  /** The oldest of them. */
  first: Alarm;
  all: readonly Alarm[];
}

/** Nobody is in need yet: heard once, listed last, no part of a flood. */
export const isQuiet = (alarm: Alarm): boolean => alarm.kind === 'coverage_gap' || alarm.kind === 'checkpoint_overdue';

const rank = (alarm: Alarm): number => (alarm.kind === 'panic' ? 0 : isQuiet(alarm) ? 2 : 1);

/** A unit's call for help before everything, what is quiet after everything, then the oldest. */
export const urgentFirst = (a: Alarm, b: Alarm): number =>
  rank(a) - rank(b) || a.raised_ms - b.raised_ms || a.alarm_id - b.alarm_id;

export interface Tally {
  waiting: number;
  owned: number;
  shelved: number;
  /** Gaps in the cover that nobody has acknowledged: beside the others, not among them. */
  gaps: number;
  /** Checkpoints that nobody has visited, likewise. */
  overdue: number;
}

export function tally(alarms: Iterable<Alarm>): Tally {
  const counts: Tally = { waiting: 0, owned: 0, shelved: 0, gaps: 0, overdue: 0 };
  for (const alarm of alarms) {
    if (isQuiet(alarm)) counts[alarm.kind === 'coverage_gap' ? 'gaps' : 'overdue'] += rings(alarm) ? 1 : 0;
    else if (alarm.shelved_ms !== null) counts.shelved += 1;
    else counts[rings(alarm) ? 'waiting' : 'owned'] += 1;
  }
  return counts;
}

/** One line an alarm, or one line a cause of those that are to be joined. */
export function linesOf(alarms: Iterable<Alarm>, joined: (alarm: Alarm) => boolean): AlarmLine[] {
  const by = new Map<AlarmKind | number, Alarm[]>();
  for (const alarm of [...alarms].sort(urgentFirst)) {
    const key = joined(alarm) ? alarm.kind : alarm.alarm_id;
    by.set(key, [...(by.get(key) ?? []), alarm]);
  }
  return [...by.values()].map((all) => ({ first: all[0]!, all }));
}

export interface AlarmList {
  ringing: AlarmLine[];
  /** Acknowledged by somebody; the cause still stands. */
  owned: AlarmLine[];
  /** Put off by somebody; they come back by themselves. */
  shelved: AlarmLine[];
  flood: boolean;
  /** Raised in the last ten minutes. */
  rate: number;
}

export function alarmList(alarms: Iterable<Alarm>, raises: readonly number[], now_ms: number): AlarmList {
  const all = [...alarms];
  const flood = isFlood(raises, now_ms);
  return {
    ringing: linesOf(all.filter(rings), (alarm) => flood || isQuiet(alarm)),
    owned: linesOf(all.filter((alarm) => alarm.acked_ms !== null), isQuiet),
    shelved: linesOf(all.filter((alarm) => alarm.shelved_ms !== null), isQuiet)
      .sort((a, b) => (a.first.shelved_ms ?? 0) - (b.first.shelved_ms ?? 0)),
    flood,
    rate: recentRaises(raises, now_ms).length,
  };
}
