import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { http } from '../link/http.ts';
import * as api from '../protocol/http.ts';
import { duration } from '../ui/format.ts';
import { failed, Message, token, type Said } from './shared.tsx';
import { t, word } from './words.ts';

const STEPS = ['resend_ms', 'additional_ms', 'dispatcher_ms', 'supervisor_ms'] as const;

/** What the engine decides by, as it runs now; it is set in the engine's configuration. */
export function Policy(): JSX.Element {
  const policy = useSignal<api.Policy | null>(null);
  const said = useSignal<Said | null>(null);
  useEffect(() => {
    void http('/v1/policy', api.policy, { token: token() }).then((reply) => {
      if (reply.ok) policy.value = reply.value;
      else failed(reply.problem, reply.status, said);
    });
  }, []);
  const held = policy.value;
  return (
    <section class="stack" aria-label={t('admin.policy')}>
      <h2>{t('admin.policy')}</h2>
      <Message said={said} />
      {held ? (
        <>
          <p><strong>{word('policy', held.policy.name)}</strong> · {word('mode', held.mode)} · {t('admin.policy.clock')}: {word('clock', held.policy.clock_start)}</p>
          <div class="scroll" tabIndex={0} role="group" aria-label={t('admin.policy')}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{t('admin.policy.tier')}</th><th scope="col">{t('admin.policy.kinds')}</th><th scope="col" class="num">{t('admin.policy.units')}</th>
                  <th scope="col" class="num">{t('admin.policy.target')}</th><th scope="col" class="num">{t('admin.policy.ack')}</th><th scope="col" class="num">{t('admin.policy.turnout')}</th>
                  {STEPS.map((step) => <th key={step} scope="col" class="num">{t(`admin.policy.${step}`)}</th>)}
                </tr>
              </thead>
              <tbody>
                {held.policy.tiers.map((tier) => (
                  <tr key={tier.tier}>
                    <th scope="row">{t('tier.label', { tier: tier.tier })}</th>
                    <td>{tier.kinds.map((kind) => word('kind', kind)).join('、')}</td>
                    <td class="num">{tier.units ?? ''}</td>
                    <td class="num">{duration(tier.target_ms)}</td>
                    <td class="num">{duration(tier.ack_ms)}</td>
                    <td class="num">{duration(tier.turnout_ms)}</td>
                    {STEPS.map((step) => <td key={step} class="num">{duration(tier[step])}</td>)}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <p class="muted">{t('admin.policy.note')}</p>
        </>
      ) : <p class="muted" role="status">{t('common.loading')}</p>}
    </section>
  );
}
