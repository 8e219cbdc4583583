import { describe, expect, it } from 'vitest';
import { coverOf, gapLines, gapSigns } from '../src/console/cover.ts';
import * as api from '../src/protocol/http.ts';

const unit = (code: string) => ({ unit: code, travel_ms: 60_000, estimated: false });
const answer = {
  coverage: {
    circles: [{ circle: 'K1', tiers: [{ tier: '5', reach_ms: 240_000, gap_since_ms: null, units: [unit('C1'), unit('C2')] }] }],
    gaps: [
      { circle: 'K1', tier: '1', since_ms: 1, move: null },
      { circle: 'K2', tier: '3', since_ms: 2, move: unit('F1') },
      { circle: 'K1', tier: '3', since_ms: 3, move: null },
    ],
    lost: [{ circle: 'K1', tier: '5' }],
  },
};

describe('coverage', () => {
  it('has one sign for many, for one and for nobody', () => {
    expect([[], [unit('C1')], [unit('C1'), unit('C2')]].map((units) => coverOf({ units }))).toEqual(['gap', 'thin', 'covered']);
  });

  it('says of a circle in which tiers somebody is missing, in letters', () => {
    const decoded = api.coverage(answer, '');
    expect([...gapSigns(decoded.coverage)]).toEqual([['K1', '✕1·3'], ['K2', '✕3']]);
    expect(gapSigns(null).size).toBe(0);
  });

  it('has one line a circle, the longest gap first, with each unit that would close one once', () => {
    const gap = (circle: string, tier: '1' | '3' | '5', since_ms: number, move: ReturnType<typeof unit> | null) => ({ circle, tier, since_ms, move });
    expect(gapLines([gap('K2', '1', 5, null), gap('K1', '1', 9, unit('F1')), gap('K1', '3', 4, unit('F1')), gap('K1', '5', 6, unit('C1'))])).toEqual([
      { circle: 'K1', since_ms: 4, sign: '✕1·3·5', moves: [unit('F1'), unit('C1')] },
      { circle: 'K2', since_ms: 5, sign: '✕1', moves: [] },
    ]);
  });

  it('refuses an answer that says a gap without its time', () => {
    const bad = { coverage: { ...answer.coverage, gaps: [{ circle: 'K1', tier: '1', move: null }] } };
    expect(() => api.coverage(bad, '')).toThrow();
  });
});
