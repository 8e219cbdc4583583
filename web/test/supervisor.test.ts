import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { supEn } from '../src/i18n/sup_en.ts';
import { supZh, type SupKey } from '../src/i18n/sup_zh.ts';
import type { SummaryLine, PastBoard } from '../src/protocol/http.ts';
import type { Event } from '../src/protocol/objects.ts';
import { addressOf, comparable, filterOf, localOf, NO_FILTER, periodOf, patrolQuery, queryOf, rangeIsGood, reportQuery, type Filter } from '../src/supervisor/filter.ts';
import { ranked } from '../src/supervisor/league.tsx';
import { hoursMinutes, keptShare, worstFirst } from '../src/supervisor/patrol.tsx';
import type { PatrolLine } from '../src/protocol/patrol.ts';
import { lateShare, metShare, percent, points, usedBins, wilson } from '../src/supervisor/numbers.ts';
import { incidentOf } from '../src/store/about.ts';
import { cityAt, sightings, waysAt } from '../src/supervisor/past.ts';
import { applyLog, applySnapshot } from '../src/store/city.ts';
import { anAssignment, anIncident, anUnit } from './fakes.ts';

describe('the supervisor’s filter', () => {
  const whole: Filter = {
    from: '2026-11-01T08:00', to: '2026-11-02T08:00', tier: '3', type: 'fire', circle: 'C1', area: 'B2', unit: 'P12', district: 'D1', drills: true,
    view: 'replay', group: 'unit', by: 'circle', at: '2026-11-01T09:00:07', incident: '42',
  };

  it('goes through the address unchanged', () => {
    expect(filterOf(addressOf(whole))).toEqual(whole);
    expect(filterOf('')).toEqual(NO_FILTER);
    expect(addressOf(NO_FILTER)).toBe('');
  });

  it('takes nothing from an address that is not its own', () => {
    expect(filterOf('?tier=2&type=x&from=yesterday&to=%00&drills=yes&view=admin&group=street&at=1&incident=-1')).toEqual(NO_FILTER);
  });

  it('asks in the city’s own time, whatever this machine’s zone is', () => {
    const query = new URLSearchParams(queryOf({ ...NO_FILTER, from: '2026-11-01T08:00' }, 'csv'));
    expect(query.get('from')).toBe('2026-11-01T08:00');
    expect(query.get('format')).toBe('csv');
    expect(query.get('drills')).toBe('0');
  });

  it('asks for patrols by place and time alone', () => {
    expect(patrolQuery(whole)).toBe('from=2026-11-01T08%3A00&to=2026-11-02T08%3A00&circle=C1&district=D1&group=circle');
    expect(patrolQuery(NO_FILTER, 'csv')).toBe('group=checkpoint&format=csv');
  });

  it('compares with last year only what has both ends', () => {
    expect(comparable(whole)).toBe(true);
    expect(reportQuery(whole, { group: 'day' })).toContain('compare=last_year');
    expect(reportQuery({ ...whole, to: '' }, { group: 'day' })).not.toContain('compare');
    expect(reportQuery(whole, { cell_e7: 25_000 })).not.toMatch(/compare|group/);
    expect(new URLSearchParams(reportQuery(NO_FILTER, { drills: true })).get('drills')).toBe('1');
  });

  it('refuses a reversed and an empty range', () => {
    expect(rangeIsGood({ ...NO_FILTER, from: '2026-11-02T08:00', to: '2026-11-01T08:00' })).toBe(false);
    expect(rangeIsGood({ ...NO_FILTER, from: '2026-11-02T08:00', to: '2026-11-02T08:00' })).toBe(false);
    expect(rangeIsGood({ ...NO_FILTER, from: '2026-11-02T08:00' })).toBe(true);
  });

  it('knows the city’s days, also where this machine already has another', () => {
    const late = Date.UTC(2026, 10, 28, 17); /* 01:00 on the 29th in Shanghai */
    expect(localOf(late, 'Asia/Shanghai')).toBe('2026-11-29T01:00:00');
    expect(periodOf('today', late, 'Asia/Shanghai')).toEqual({ from: '2026-11-29T00:00', to: '2026-11-30T00:00' });
    expect(periodOf('week', late, 'Asia/Shanghai')).toEqual({ from: '2026-11-23T00:00', to: '2026-11-30T00:00' });
    expect(periodOf('month', late, 'Asia/Shanghai')).toEqual({ from: '2026-11-01T00:00', to: '2026-11-30T00:00' });
    expect(periodOf('all', late, 'Asia/Shanghai')).toEqual({ from: '', to: '' });
  });
});

describe('the report on patrols', () => {
  const aLine = (over: Partial<PatrolLine>): PatrolLine => ({
    group: 'B1', name: null, circle: null, checkpoints: 1, due: 10, missed: 0, visits: 9, seen: 9, signed: 0, scanned: 0, walked: 0, unconfirmed: 0,
    gap_ms: 60_000, gap_from_ms: 0, last_ms: 0, ...over,
  });
  const codes = (lines: PatrolLine[]): (string | null)[] => lines.map((line) => line.group);

  it('has what was missed most first, equals by name, and what is in no circle last', () => {
    const lines = [aLine({ group: null, missed: 9 }), aLine({ group: 'B3', missed: 2 }), aLine({ group: 'B2', missed: 2 }), aLine({ group: 'B4', missed: 3 })];
    expect(codes(worstFirst(lines, 'missed'))).toEqual(['B4', 'B2', 'B3', null]);
    expect(codes(worstFirst(lines, 'group'))).toEqual(['B2', 'B3', 'B4', null]);
  });

  it('puts what nobody had to visit behind what was kept, by share', () => {
    const lines = [aLine({ group: 'free', due: 0 }), aLine({ group: 'kept' }), aLine({ group: 'half', missed: 5 })];
    expect(codes(worstFirst(lines, 'rate'))).toEqual(['half', 'kept', 'free']);
    expect(keptShare(aLine({ due: 0 }))).toBeNull();
    expect(keptShare(aLine({ due: null, missed: null }))).toBeNull();
    expect(keptShare(aLine({ missed: 1 }))).toBe(0.9);
  });

  it('says a gap in hours and whole minutes', () => {
    expect([null, 59_999, 3_599_999, 25_500_000].map(hoursMinutes)).toEqual(['—', '0 min', '59 min', '7 h 05 min']);
  });
});

describe('what the supervisor’s page reckons', () => {
  it('shares out of all verdicts that count, the no-unit ones too', () => {
    expect(metShare({ met: 1, missed: 2, no_unit: 1 })).toBe(0.25);
    expect(metShare({ met: 0, missed: 0, no_unit: 0 })).toBeNull();
  });

  it('a share of late ones is rounded, but some are not none and not all', () => {
    expect([lateShare(4, 6), lateShare(1, 3), lateShare(0, 9), lateShare(1, 9_999), lateShare(9_998, 9_999), lateShare(9, 9)])
      .toEqual(['66.7 %', '33.3 %', '0.0 %', '0.1 %', '99.9 %', '100.0 %']);
  });

  it('a share is cut, not rounded, and a difference has its sign', () => {
    expect([1, 0.9996, 0.5, 0.29].map(percent)).toEqual(['100.0 %', '99.9 %', '50.0 %', '29.0 %']);
    expect([points(0.9, 0.85), points(0.8, 0.85), points(0.5, 0.5)]).toEqual(['+5.0', '−5.0', '±0.0']);
  });

  it('the interval is Wilson’s, as published for 9 of 10 and 0 of 10', () => {
    const [low, high] = wilson(9, 10)!;
    expect([low, high].map((x) => x.toFixed(4))).toEqual(['0.5958', '0.9821']);
    expect(wilson(0, 10)!.map((x) => x.toFixed(4))).toEqual(['0.0000', '0.2775']);
    expect(wilson(0, 0)).toBeNull();
  });

  it('the distribution ends where nothing is any more, but shows the target', () => {
    expect(usedBins([0, 3, 1, 0, 0, 0, 0, 0], 2)).toBe(3);
    expect(usedBins([1, 0, 0, 0], 9)).toBe(4);
    expect(usedBins([0, 0, 0, 0], 2)).toBe(2);
  });

  it('ranks the best first and those with few cases last', () => {
    const line = (group: string, met: number, missed: number): SummaryLine => ({
      group, name: null, tier: '5', stage: 'clock_to_on_scene', rows: met + missed, n: met + missed, missing: 0, met, missed, no_unit: 0,
      excluded: { drill: 0, merged: 0, cancelled: 0, open: 0 }, p50_ms: 1, p90_ms: 100 - met, p95_ms: 1, p99_ms: 1, max_ms: 1, bins: null, last_year: null,
    });
    const nobody = { ...line('x', 0, 30), group: null };
    const lines = [nobody, line('few', 3, 0), line('worse', 8, 12), line('best', 19, 1), line('good', 15, 5)];
    expect(ranked(lines, 'rate').map((each) => each.group)).toEqual(['best', 'good', 'worse', 'few', null]);
    expect(ranked(lines, 'group').map((each) => each.group)).toEqual(['best', 'few', 'good', 'worse', null]);
  });
});

/* ---- The past ---- */

const head = { actor: null, source: null } as const;
const events: Event[] = [
  { ...head, seq: 11, at_ms: 1_000, kind: 'incident.opened', incident: anIncident(7, { state: 'pending', received_ms: 1_000 }) },
  { ...head, seq: 12, at_ms: 2_000, kind: 'assignment.sent', assignment: anAssignment(5, 7, 'P1', { state: 'sent', sent_ms: 2_000 }) },
  { ...head, seq: 13, at_ms: 2_000, kind: 'incident.state', incident_id: 7, state: 'dispatched', reason: null, note: null },
  {
    ...head, seq: 14, at_ms: 5_000, kind: 'assignment.updated', assignment_id: 5, incident_id: 7, unit: 'P1', tier: '1', state: 'acknowledged',
    reason: null, device_ms: null, late: false, lat: 22.5, lon: 113.4, version: 2, note: null,
  },
  {
    ...head, seq: 15, at_ms: 9_000, kind: 'assignment.updated', assignment_id: 5, incident_id: 7, unit: 'P1', tier: '1', state: 'on_scene',
    reason: null, device_ms: null, late: false, lat: 22.6, lon: 113.5, version: 3, note: null,
  },
] as unknown as Event[];
const past: PastBoard = {
  at_ms: 0, until_ms: 10_000, truncated: false,
  board: {
    t: 'snapshot', stream: 'city', epoch: 'e', seq: 10, part: 0, last: true, units: [anUnit('P1')], circles: [], districts: [], incidents: [],
    assignments: [], notices: [], alarms: [], decisions: [], unit: null, orders: [],
  },
  log: { t: 'log', stream: 'city', epoch: 'e', from: 11, upto: 15, events },
} as unknown as PastBoard;

describe('a past moment', () => {
  it('is the log up to it, applied one by one', () => {
    for (const at of [0, 999, 1_000, 2_000, 4_999, 5_000, 9_000, 10_000]) {
      let slow = applySnapshot([past.board]);
      for (const event of events) {
        if (event.at_ms <= at) slow = applyLog(slow, { ...past.log, from: event.seq, upto: event.seq, events: [event] });
      }
      expect(cityAt(past, at), `at ${at}`).toEqual(slow);
    }
    expect(cityAt(past, 4_999).assignments.get(5)?.state).toBe('sent');
    expect(cityAt(past, 5_000).assignments.get(5)?.state).toBe('acknowledged');
    expect(cityAt(past, 0).incidents.size).toBe(0);
  });

  it('says whose an event is, and where a unit was, never in between', () => {
    expect(events.map(incidentOf)).toEqual([7, 7, 7, 7, 7]);
    const seen = sightings(events);
    expect(seen.map((each) => [each.unit, each.at_ms, each.lat])).toEqual([['P1', 5_000, 22.5], ['P1', 9_000, 22.6]]);
    expect(waysAt(seen, 7_000).get('P1')).toHaveLength(1);
    expect(waysAt(seen, 9_000).get('P1')).toHaveLength(2);
  });
});

describe('the page’s own dictionary', () => {
  const keys = Object.keys(supZh) as SupKey[];

  it('has the same holes in every sentence', () => {
    const holes = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!).sort();
    for (const key of keys) expect(holes(supEn[key]), key).toEqual(holes(supZh[key]));
  });

  it('has no word that is never said', () => {
    const folder = join(import.meta.dirname, '../src/supervisor');
    const source = readdirSync(folder).filter((name) => /\.tsx?$/.test(name)).map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
    const groups = [...source.matchAll(/word\('([a-z_.]+)'|`([a-z_.]+)\.\$\{/g)].map((match) => `${match[1] ?? match[2]}.`);
    expect(keys.filter((key) => !source.includes(`'${key}'`) && !groups.some((group) => key.startsWith(group)))).toEqual([]);
  });
});
