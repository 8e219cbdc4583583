import { describe, expect, it } from 'vitest';
import { marksOf } from '../src/console/checkpoints.ts';
import { checkpointFeatures } from '../src/console/map/ways.ts';
import type { Checkpoint } from '../src/protocol/patrol.ts';
import { STAND_SIGN, standOf } from '../src/ui/checkpoint_stand.ts';
import { nearest, rounds, SHOWN } from '../src/unit/checkpoint_list.ts';

const NOW = 1_763_932_271_000;
const MIN = 60_000;

const aCheckpoint = (over: Partial<Checkpoint>): Checkpoint => ({
  code: 'B1', name: '大桥', lat: 22.5, lon: 113.4, radius_m: 50, circle: null, district: 'D1', from: '00:00', to: '00:00', every_min: 60, stay_s: 120,
  visited_ms: null, visited_by: null, visit: null, due_ms: NOW + 60 * MIN, overdue_ms: null, missed: 0, stops: [], next: null, began_ms: null, ...over,
});

describe('how a checkpoint stands', () => {
  it('is soon within a quarter of an hour and overdue from its time on, named or not', () => {
    const stands = [{ due_ms: null }, { due_ms: NOW + 15 * MIN + 1 }, { due_ms: NOW + 15 * MIN }, { due_ms: NOW }, { overdue_ms: NOW - 1 }];
    expect(stands.map((over) => standOf(aCheckpoint(over), NOW))).toEqual(['free', 'waits', 'soon', 'overdue', 'overdue']);
  });

  it('is told by the sign alone', () => {
    expect(new Set(Object.values(STAND_SIGN)).size).toBe(4);
    const marks = marksOf([aCheckpoint({}), aCheckpoint({ code: 'B2', overdue_ms: NOW })], NOW);
    expect(marks.map(({ code, sign }) => [code, sign])).toEqual([['B1', '◆'], ['B2', '◆!']]);
    expect(checkpointFeatures(marks).features[1]).toEqual({
      type: 'Feature', properties: { sign: '◆!', label: 'B2', overdue: true }, geometry: { type: 'Point', coordinates: [113.4, 22.5] },
    });
  });
});

describe('the checkpoints on a phone', () => {
  const north = (code: string, m: number): Checkpoint => aCheckpoint({ code, lat: 22.5 + m / 111_195 });

  it('are the nearest, nearest first, and say whether one is there', () => {
    const list = [north('far', 900), ...Array.from({ length: SHOWN }, (_, i) => north(`B${i}`, i * 40))];
    const near = nearest(list, { lat: 22.5, lon: 113.4 });
    expect(near.map(({ checkpoint }) => checkpoint.code)).toEqual(['B0', 'B1', 'B2', 'B3', 'B4', 'B5', 'B6', 'B7']);
    expect(near.map(({ isThere }) => isThere)).toEqual([true, true, false, false, false, false, false, false]); /* 50 m and 25 */
  });

  it('come by what is due where the phone does not know where it is', () => {
    const near = nearest([aCheckpoint({ code: 'B1', due_ms: null }), aCheckpoint({ code: 'B2' }), aCheckpoint({ code: 'B3', overdue_ms: NOW - MIN })], null);
    expect(near.map(({ checkpoint, away_m, isThere }) => [checkpoint.code, away_m, isThere])).toEqual([['B3', null, false], ['B2', null, false], ['B1', null, false]]);
  });

  it('are places, and routes are rounds with the stop that comes next, those under way first', () => {
    const list = [
      aCheckpoint({ code: 'R2', stops: ['B1', 'B2'], next: 'B1', due_ms: NOW }), aCheckpoint({ code: 'R1', stops: ['B1', 'B2'], next: 'B2', began_ms: NOW }),
      aCheckpoint({ code: 'B1' }), aCheckpoint({ code: 'B2', name: '公园' }),
    ];
    expect(nearest(list, null).map(({ checkpoint }) => checkpoint.code)).toEqual(['B1', 'B2']);
    expect(marksOf(list, NOW).map(({ code }) => code)).toEqual(['B1', 'B2']);
    expect(rounds(list).map(({ route, name }) => [route.code, name])).toEqual([['R1', 'B2 公园'], ['R2', 'B1 大桥']]);
  });
});
