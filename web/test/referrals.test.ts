import { describe, expect, it } from 'vitest';
import { answersTo, needsText, referralsOf } from '../src/console/referrals_of.ts';
import type { Event } from '../src/protocol/objects.ts';

const head = (seq: number): { seq: number; at_ms: number; actor: string; source: 'dispatcher' } => ({ seq, at_ms: seq * 1000, actor: 'li', source: 'dispatcher' });
const sent = (seq: number, referral_id: number, kind: string): Event => ({
  ...head(seq), kind: 'referral.sent', generation: 2, note: null,
  referral: { referral_id, incident_id: 12, centre: kind === 'community' ? 'Z1' : 'N1', kind, answer_by_ms: 50_000, feedback_by_ms: kind === 'community' ? 90_000 : null },
});
const updated = (seq: number, referral_id: number, version: number, state: string, units: string | null = null): Event => ({
  ...head(seq), kind: 'referral.updated', referral_id, incident_id: 12, centre: 'Z1', state, version, generation: 2, reason: 'none', units, note: null,
});

describe('what centres were asked', () => {
  it('is what its events say, in their order, each once', () => {
    const events = [sent(1, 3, 'community'), updated(4, 3, 2, 'received'), sent(5, 4, 'neighbour'), updated(6, 4, 2, 'lent', 'J3')];
    const known = referralsOf([...events, events[1]!, events[0]!]);
    expect(known.map((item) => [item.id, item.state, item.version, item.units])).toEqual([[3, 'received', 2, null], [4, 'lent', 2, 'J3']]);
  });

  it('is due by the receipt, then by the feedback, then no more', () => {
    expect(referralsOf([sent(1, 3, 'community')])[0]!.due_ms).toBe(50_000);
    expect(referralsOf([sent(1, 3, 'community'), updated(2, 3, 2, 'received')])[0]!.due_ms).toBe(90_000);
    expect(referralsOf([sent(1, 3, 'community'), updated(2, 3, 2, 'feedback')])[0]!.due_ms).toBeNull();
    expect(referralsOf([sent(1, 4, 'neighbour'), updated(2, 4, 2, 'lent', 'J3')])[0]!.due_ms).toBeNull();
  });

  it('keeps who was lent when they have gone home', () => {
    const known = referralsOf([sent(1, 4, 'neighbour'), updated(2, 4, 2, 'lent', 'J3'), updated(3, 4, 3, 'given_back')]);
    expect(known[0]).toMatchObject({ state: 'given_back', units: 'J3' });
  });

  it('has an answer to each state that has not ended, and none to the others', () => {
    const state = (kind: string, name: string): readonly string[] => answersTo({ ...referralsOf([sent(1, 3, kind)])[0]!, state: name });
    expect(state('community', 'sent')).toContain('received');
    expect(state('neighbour', 'sent')).not.toContain('received');
    for (const end of ['feedback', 'returned', 'refused', 'given_back', 'withdrawn']) {
      expect(state('community', end)).toEqual([]);
      expect(state('neighbour', end)).toEqual([]);
    }
    expect(needsText('lent') && needsText('feedback') && !needsText('arrived')).toBe(true);
  });
});
