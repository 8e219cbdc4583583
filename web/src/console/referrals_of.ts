/* What centres were asked about one incident, from its timeline (pure), and what may be said next. */

import type { Event } from '../protocol/objects.ts';

export interface Referral {
  id: number;
  centre: string;
  kind: string;
  state: string;
  version: number;
  units: string | null;
  /** By when the next word is due; null: it is not watched, or has ended. */
  due_ms: number | null;
  at_ms: number;
}

export type Answer = 'received' | 'feedback' | 'returned' | 'lent' | 'arrived' | 'given_back' | 'refused' | 'withdrawn';

const NEXT: Record<string, Record<string, readonly Answer[]>> = {
  community: { sent: ['received', 'feedback', 'returned', 'withdrawn'], received: ['feedback', 'returned', 'withdrawn'] },
  neighbour: {
    sent: ['lent', 'refused', 'withdrawn'], lent: ['arrived', 'given_back', 'withdrawn'], arrived: ['given_back', 'withdrawn'],
  },
};

export const answersTo = (referral: Referral): readonly Answer[] => NEXT[referral.kind]?.[referral.state] ?? [];

/** These say something with it: who is lent, what became of it. */
export const needsText = (answer: Answer): boolean => answer === 'lent' || answer === 'feedback';

/** Oldest first. An event that is there twice (record and stream) counts once. */
export function referralsOf(events: readonly Event[]): Referral[] {
  const found = new Map<number, Referral & { feedback_by_ms: number | null }>();
  for (const event of [...events].sort((a, b) => a.seq - b.seq)) {
    if (event.kind === 'referral.sent') {
      const { referral_id, centre, kind, answer_by_ms, feedback_by_ms } = event.referral;
      if (found.has(referral_id)) continue;
      found.set(referral_id, {
        id: referral_id, centre, kind, state: 'sent', version: 1, units: null, due_ms: answer_by_ms, feedback_by_ms, at_ms: event.at_ms,
      });
    } else if (event.kind === 'referral.updated') {
      const held = found.get(event.referral_id);
      if (!held || event.version <= held.version) continue;
      found.set(held.id, {
        ...held, state: event.state, version: event.version, units: event.units ?? held.units, at_ms: event.at_ms,
        due_ms: event.state === 'received' ? held.feedback_by_ms : null,
      });
    }
  }
  return [...found.values()].map(({ feedback_by_ms: _, ...referral }) => referral);
}
