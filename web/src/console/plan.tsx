/* What the plan of the circle says to this incident: who goes first, and what everybody who is ordered is told. */

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { ours } from '../i18n/index.ts';
import { http } from '../link/http.ts';
import type { Incident } from '../protocol/objects.ts';
import { plans, type Plan } from '../protocol/plans.ts';
import { TIERS } from '../protocol/values.ts';
import { problemText } from '../ui/problem.ts';
import { session } from '../ui/session.ts';
import { t } from './panel_words.ts';

/** Asked again whenever the incident is another: it may go by another version of the same plan then. */
export function CirclePlan({ incident: { incident_id: id, generation }, code }: { incident: Incident; code: string }): JSX.Element {
  const plan = useSignal<Plan | null>(null);
  const trouble = useSignal<string | null>(null);
  const tries = useSignal(0);
  useEffect(() => {
    let gone = false;
    void http(`/v1/plans?incident=${id}`, plans, { token: session.peek()?.token ?? null }).then((reply) => {
      if (gone) return;
      plan.value = reply.ok ? (reply.value.plans[0] ?? null) : plan.peek();
      trouble.value = reply.ok ? null : problemText(reply.problem);
    });
    return () => {
      gone = true;
    };
  }, [id, generation, code, tries.value]);
  const held = plan.value;
  const words = held ? ours(held) : null;
  return (
    <>
      <strong>{code}</strong>{' '}
      {held ? TIERS.map((tier) => (held.units[tier].length === 0 ? null : (
        <span key={tier} class="tag">{t('tier.label', { tier })}: {held.units[tier].join(' ')}</span>
      ))) : null}
      {words === null ? null : <p class="plan-words">{words}</p>}
      {trouble.value === null ? null : (
        <button type="button" class="link" onClick={() => (tries.value += 1)}>{trouble.value} ↻</button>
      )}
    </>
  );
}
