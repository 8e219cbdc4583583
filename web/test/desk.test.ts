import { describe, expect, it } from 'vitest';
import { subjectsOf } from '../src/console/alarm_line.tsx';
import { alarmList, FLOOD_COUNT, FLOOD_MS, isFlood, isQuiet, tally } from '../src/console/alarms.ts';
import { nearest } from '../src/console/derive.ts';
import { ACTIONS, actionOf, DEFAULT_KEYS, keyName, remap, restore } from '../src/console/keys.ts';
import { chosenOf, viewOf } from '../src/console/screens.ts';
import type { Alarm, Unit } from '../src/protocol/objects.ts';
import { metres } from '../src/ui/format.ts';

const alarm = (alarm_id: number, kind: Alarm['kind'], raised_ms: number, acked_ms: number | null = null): Alarm =>
  ({ alarm_id, kind, incident_id: alarm_id, assignment_id: null, unit: null, tier: null, circle: null, checkpoint: null, raised_ms, acked_ms, acked_by: acked_ms === null ? null : 'li', shelved_ms: null, shelved_by: null, shelved_reason: null, shelved: 0 });

describe('the alarm list', () => {
  it('names each incident, circle and checkpoint of a line once', () => {
    const of = (more: Partial<Alarm>): Alarm => ({ ...alarm(1, 'checkpoint_overdue', 1), incident_id: null, ...more });
    const subjects = (...alarms: Alarm[]): unknown[] => subjectsOf(alarms).map((item) => item.incident_id ?? item.circle ?? item.checkpoint);
    expect(subjects(of({ checkpoint: 'B1' }), of({ checkpoint: 'B2' }), of({ checkpoint: 'B1' }))).toEqual(['B1', 'B2']);
    expect(subjects(of({ circle: 'K1' }), of({ circle: 'K2' }), of({ incident_id: 4 }), of({ incident_id: 4 }))).toEqual(['K1', 'K2', 4]);
  });

  it('puts a call for help before what has waited longer', () => {
    const list = alarmList([alarm(1, 'no_unit', 10), alarm(2, 'panic', 30), alarm(3, 'declined', 20)], [], 100);
    expect(list.ringing.map((line) => line.first.alarm_id)).toEqual([2, 1, 3]);
  });

  it('has what was put off apart, what comes back first before the others', () => {
    const list = alarmList([
      { ...alarm(1, 'no_unit', 10), shelved_ms: 900, shelved_by: 'li', shelved: 1 }, alarm(2, 'declined', 20),
      { ...alarm(3, 'ack_late', 30), shelved_ms: 500, shelved_by: 'li', shelved: 2 },
    ], [], 100);
    expect(list.ringing.map((line) => line.first.alarm_id)).toEqual([2]);
    expect(list.owned).toEqual([]);
    expect(list.shelved.map((line) => line.first.alarm_id)).toEqual([3, 1]);
  });

  it('has what rings and what somebody has taken, each the oldest first', () => {
    const list = alarmList([alarm(3, 'no_unit', 30), alarm(1, 'declined', 10, 15), alarm(2, 'no_unit', 20)], [], 100);
    expect(list.ringing.map((line) => line.first.alarm_id)).toEqual([2, 3]);
    expect(list.owned.map((line) => line.first.alarm_id)).toEqual([1]);
  });

  it('gives a cause one line once ten alarms came in ten minutes, and not one alarm earlier', () => {
    const many = Array.from({ length: FLOOD_COUNT }, (_, i) => alarm(i + 1, i % 2 ? 'no_unit' : 'ack_late', i));
    const nine = alarmList(many, many.slice(1).map((item) => item.raised_ms), 1_000);
    expect([nine.flood, nine.ringing.length]).toEqual([false, 10]);
    const ten = alarmList(many, many.map((item) => item.raised_ms), 1_000);
    expect([ten.flood, ten.ringing.map((line) => [line.first.alarm_id, line.all.length])]).toEqual([true, [[1, 5], [2, 5]]]);
  });

  it('has gaps in the cover in one line, after all that somebody waits for, and counts none for a flood', () => {
    const gap = (id: number, raised_ms: number): Alarm => ({ ...alarm(id, 'coverage_gap', raised_ms), incident_id: null, tier: '3', circle: `K${id}` });
    const list = alarmList([gap(1, 1), alarm(2, 'no_unit', 30), gap(3, 2)], [], 100);
    expect(list.ringing.map((line) => line.all.map((item) => item.alarm_id))).toEqual([[2], [1, 3]]);
    expect(isQuiet(gap(1, 1))).toBe(true);
    expect(isQuiet(alarm(2, 'panic', 1))).toBe(false);
  });

  it('counts gaps apart, so that they do not hide how many people wait', () => {
    const gap = (id: number, acked_ms: number | null = null): Alarm => ({ ...alarm(id, 'coverage_gap', 1, acked_ms), incident_id: null, circle: `K${id}` });
    const all = [gap(1), gap(2), gap(3, 5), alarm(4, 'no_unit', 1), alarm(5, 'panic', 1, 2), { ...alarm(6, 'declined', 1), shelved_ms: 9 }];
    expect(tally(all)).toEqual({ waiting: 1, owned: 1, shelved: 1, gaps: 2, overdue: 0 });
    const late = { ...alarm(8, 'checkpoint_overdue', 1), incident_id: null, checkpoint: 'B7' };
    expect(tally([late, { ...late, acked_ms: 2 }, gap(1)])).toEqual({ waiting: 0, owned: 0, shelved: 0, gaps: 1, overdue: 1 });
    const taken = alarmList([gap(3, 5), gap(7, 6), alarm(5, 'panic', 1, 2)], [], 100).owned;
    expect(taken.map((line) => line.all.map((item) => item.alarm_id))).toEqual([[5], [3, 7]]);
  });

  it('forgets a flood that is ten minutes old', () => {
    const times = Array.from({ length: FLOOD_COUNT }, () => 1_000);
    expect(isFlood(times, 1_000 + FLOOD_MS - 1)).toBe(true);
    expect(isFlood(times, 1_000 + FLOOD_MS)).toBe(false);
  });
});

describe('the keys', () => {
  const press = (key: string, more: Partial<KeyboardEvent> = {}) => ({ key, ctrlKey: false, altKey: false, shiftKey: false, metaKey: false, ...more });

  it('are each of one action', () => {
    expect(new Set(Object.values(DEFAULT_KEYS)).size).toBe(ACTIONS.length);
    expect(actionOf(DEFAULT_KEYS, press('F2', { shiftKey: true }))).toBe('previous');
    expect(actionOf(DEFAULT_KEYS, press('f'))).toBeNull();
  });

  it('may be changed, but not F9, not to a bare letter, not to another’s', () => {
    const next = remap(DEFAULT_KEYS, 'report', keyName(press('n', { altKey: true })));
    expect(next.ok && next.keys.report).toBe('Alt+N');
    expect(remap(DEFAULT_KEYS, 'ack', 'F10')).toEqual({ ok: false, why: 'fixed' });
    expect(remap(DEFAULT_KEYS, 'report', 'N')).toEqual({ ok: false, why: 'bare' });
    expect(remap(DEFAULT_KEYS, 'report', 'Shift+N')).toEqual({ ok: false, why: 'bare' });
    expect(remap(DEFAULT_KEYS, 'report', 'Escape')).toEqual({ ok: false, why: 'bare' });
    expect(remap(DEFAULT_KEYS, 'report', 'F9')).toEqual({ ok: false, why: 'taken' });
    expect(remap(DEFAULT_KEYS, 'report', 'Alt+3')).toEqual({ ok: false, why: 'taken' });
  });

  it('are read from storage as far as they could be set, nothing else', () => {
    expect(restore('{"report":"Alt+N","ack":"F10","help":"x","no":"F5"}')).toEqual({ ...DEFAULT_KEYS, report: 'Alt+N' });
    for (const text of [null, '', '[', '7', '"x"', 'null', '[1]']) expect(restore(text)).toEqual(DEFAULT_KEYS);
  });
});

describe('windows of one desk', () => {
  it('know their view by the address, anything else is the whole desk', () => {
    expect([viewOf('?view=map'), viewOf('?view=board'), viewOf('?view=x'), viewOf('')]).toEqual(['map', 'board', 'all', 'all']);
  });

  it('take over what is whole and nothing else', () => {
    expect(chosenOf({ incident: 3, unit: null, show: { lat: 1, lon: 2, zoom: 3 } })).toEqual({ incident: 3, unit: null, show: { lat: 1, lon: 2, zoom: 3 } });
    for (const value of [null, 7, {}, { incident: '3', unit: null, show: null }, { incident: 3, unit: 4, show: null }, { incident: 3, unit: null, show: { lat: 1 } }]) {
      expect(chosenOf(value)).toBeNull();
    }
  });
});

describe('the list in place of the map', () => {
  it('has the nearest first, with where they are; who is off duty is not on it', () => {
    const unit = (code: string, lat: number, lon: number, status = 'available'): Unit => ({ code, lat, lon, status }) as Unit;
    const units = [unit('N', 0.02, 0), unit('E', 0, 0.01), unit('S', -0.03, 0), unit('OFF', 0, 0.001, 'off_duty')];
    const near = nearest(units, (one) => ({ lat: one.lat!, lon: one.lon! }), { lat: 0, lon: 0 }, metres);
    expect(near.map((item) => [item.unit.code, Math.round(item.bearing_deg)])).toEqual([['E', 90], ['N', 0], ['S', 180]]);
    expect(near[0]!.distance_m).toBeCloseTo(1112, 0);
  });
});
