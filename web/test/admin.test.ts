import { describe, expect, it } from 'vitest';
import { csvOf, csvRows } from '../src/admin/csv.ts';
import { codesOf, draftOf, EMPTY, isWithdrawn, rowOf, withdrawalOf } from '../src/admin/plan_rows.ts';
import { accepted, asMapped, changes, driven, kmh, mostTelling } from '../src/admin/speed_rows.ts';
import { groupsOf, healthOf } from '../src/admin/system_state.ts';
import { ours, setLanguage } from '../src/i18n/index.ts';
import type { Plan } from '../src/protocol/plans.ts';
import { hoursOf, missing, shortOf } from '../src/protocol/staffing.ts';
import { INCIDENT_TYPES } from '../src/protocol/values.ts';

describe('CSV', () => {
  it('comes back as it went, whatever stands in a cell', () => {
    let state = 7_042;
    const next = (bound: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * bound);
    };
    const parts = ['a', '"', ',', '\n', '中', ' ', '""', 'x,y', ''];
    for (let round = 0; round < 300; round++) {
      const rows = Array.from({ length: 1 + next(4) }, () =>
        ['k', ...Array.from({ length: 1 + next(4) }, () => Array.from({ length: next(4) }, () => parts[next(parts.length)]).join(''))]);
      expect(csvRows(csvOf(rows), 100).map((row) => row.cells), `round ${round}`).toEqual(rows);
    }
  });

  it('knows the line of a row behind a cell of several lines, and stops where it is told', () => {
    expect(csvRows('\uFEFFcode,name\r\nA,"one\ntwo"\r\n\r\nB,b\r\nC,c', 3)).toEqual([
      { line: 1, cells: ['code', 'name'] }, { line: 2, cells: ['A', 'one\ntwo'] }, { line: 5, cells: ['B', 'b'] },
    ]);
  });
});

describe('the engine’s state', () => {
  const state = { seq: 9, snapshots: 2, digests_equal: 2, disk_full: false, history_closed: false, alarms: 0, queue: { depth: 3 } };

  it('is well when nothing says otherwise', () => {
    expect(healthOf(state)).toEqual([]);
  });

  it('names what is wrong', () => {
    expect(healthOf({ ...state, digests_equal: 1, disk_full: true })).toEqual(['admin.sys.disk_full', 'admin.sys.digests']);
  });

  it('shows what it has no word for, too, and the course of what has one', () => {
    const groups = groupsOf([{ ...state, commit_us_mean: 1000 }, { ...state, commit_us_mean: 3000 }]);
    expect(groups.at(-1)).toMatchObject({ name: 'other', measures: [{ name: 'queue.depth', text: '3', label: null }] });
    const commit = groups.flatMap((group) => group.measures).find((measure) => measure.name === 'commit_us_mean');
    expect(commit).toMatchObject({ text: '3.0 ms', history: [1000, 3000] });
  });
});

describe('speeds from our own drives', () => {
  const hours = Array.from({ length: 24 }, (_, hour) => ({
    hour, percent: hour === 8 ? 90 : 100, proposed: hour === 8 ? 60 : hour === 9 ? 100 : null, drives: null, n: hour === 8 ? 70 : 0, p25: 0, p75: 0,
  }));
  const row = { vehicle: 'car', class: 'primary', map_kmh: 58, by: 'admin', since_ms: 1, hours };

  it('are accepted where something is proposed, and the other hours stay as they are', () => {
    expect(changes(row).map((hour) => hour.hour)).toEqual([8]);
    const { percent, ...rest } = accepted(row);
    expect(rest).toEqual({ vehicle: 'car', class: 'primary' });
    expect([percent.length, percent[7], percent[8], percent[9]]).toEqual([24, 100, 60, 100]);
    expect(accepted({ ...row, hours: hours.map((hour) => ({ ...hour, proposed: null })) }).percent[8]).toBe(90);
  });

  it('can be taken back, and are said in kilometres an hour', () => {
    expect(asMapped(row).percent).toEqual(Array.from({ length: 24 }, () => 100));
    expect([kmh(row, 100), kmh(row, 60), driven(row)]).toEqual([58, 35, 70]);
  });

  it('show first where there is most to accept, then where most was driven', () => {
    const quiet = { ...row, class: 'motorway', hours: hours.map((hour) => ({ ...hour, proposed: null, n: 0 })) };
    const busy = { ...quiet, class: 'street', hours: hours.map((hour) => ({ ...hour, proposed: null, n: 9 })) };
    expect(mostTelling([quiet, busy, row])?.class).toBe('primary');
    expect(mostTelling([quiet, busy])?.class).toBe('street');
    expect(mostTelling([])).toBeUndefined();
  });
});

describe('a plan of a circle', () => {
  const plan: Plan = {
    code: 'K1-fire', version: 9, circle: 'K1', types: ['fire', 'crime'], priorities: [1, 2], units: { '1': ['P1', 'P2'], '3': [], '5': ['C1'] },
    words_zh: '先封北门', words_en: null,
  };

  it('is the row of the roster that it came from', () => {
    expect(rowOf(draftOf(plan))).toEqual({
      code: 'K1-fire', circle: 'K1', types: 'fire+crime', priorities: '1+2', tier_1: 'P1+P2', tier_3: '', tier_5: 'C1', words_zh: '先封北门', words_en: '',
    });
  });

  it('for every type and priority leaves both out, so that a new type is in it, too', () => {
    const every = draftOf({ ...plan, types: [...INCIDENT_TYPES], priorities: [1, 2, 3, 4] });
    expect(every).toMatchObject({ types: [], priorities: [] });
    expect(rowOf(every)).toMatchObject({ types: '', priorities: '' });
  });

  it('takes codes as people write them', () => {
    expect(codesOf(' P1，P2、 C1;C2+M1\nM2, ')).toEqual(['P1', 'P2', 'C1', 'C2', 'M1', 'M2']);
    expect(rowOf({ ...EMPTY, units: { '1': 'P1, P2', '3': ' ', '5': '' } })).toMatchObject({ tier_1: 'P1+P2', tier_3: '' });
  });

  it('is withdrawn by a row that names nobody and tells nothing', () => {
    expect(withdrawalOf(draftOf(plan))).toEqual({ ...rowOf(draftOf(plan)), tier_1: '', tier_5: '', words_zh: '' });
    expect(isWithdrawn(plan)).toBe(false);
    expect(isWithdrawn({ ...plan, units: { '1': [], '3': [], '5': [] }, words_zh: null })).toBe(true);
    expect(isWithdrawn({ ...plan, units: { '1': [], '3': [], '5': [] } })).toBe(false);
  });

  it('is told in the language of the page, or in the other where that one is missing', async () => {
    await setLanguage('zh');
    expect([ours(plan), ours({ words_zh: null, words_en: 'go' }), ours({ words_zh: null, words_en: null })]).toEqual(['先封北门', 'go', null]);
    await setLanguage('en');
    expect([ours(plan), ours({ words_zh: '走', words_en: 'go' })]).toEqual(['先封北门', 'go']);
    await setLanguage('zh');
  });
});

describe('who is on duty beside the rota', () => {
  const line = (circle: string, minimum: number | null, on: number) =>
    ({ circle, minimum, on, from: minimum === null ? null : '00:00', to: minimum === null ? null : '00:00', people: 2 * on, out_of_service: 0 });

  it('is short where fewer are on duty than planned, the most missing first', () => {
    expect(shortOf([line('K1', 2, 1), line('K2', 3, 0), line('K3', 2, 2), line('K4', null, 0), line('K0', 2, 1), line('K5', 0, 0)]).map((each) => each.circle))
      .toEqual(['K2', 'K0', 'K1']);
  });

  it('is never less than nobody missing, and says when nothing is planned', () => {
    expect([missing(line('K', 2, 5)), missing(line('K', 2, 2)), missing(line('K', null, 0))]).toEqual([0, 0, null]);
  });

  it('names the hours of its shift, unless that lasts all day', () => {
    expect(hoursOf({ ...line('K', 2, 1), from: '20:00', to: '08:00' }, ' · ')).toBe(' · 20:00–08:00');
    expect([hoursOf(line('K', 2, 1)), hoursOf(line('K', null, 1))]).toEqual(['', '']);
  });
});
