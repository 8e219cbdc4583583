/* Circles with fewer on duty than their rota asks for at this hour. */

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { http } from '../link/http.ts';
import { hoursOf, missing, shortOf, staffing, type Staffing } from '../protocol/staffing.ts';
import { problemText } from '../ui/problem.ts';
import { session } from '../ui/session.ts';
import { t } from './words.ts';

const AGAIN_MS = 30_000;

/** Nothing where no circle has a rota. */
export function OnDutyNow(): JSX.Element | null {
  const lines = useSignal<readonly Staffing[]>([]);
  const trouble = useSignal<string | null>(null);
  useEffect(() => {
    let gone = false;
    const ask = async (): Promise<void> => {
      const reply = await http('/v1/staffing', staffing, { token: session.peek()?.token ?? null });
      if (gone) return;
      if (reply.ok) lines.value = reply.value.staffing;
      trouble.value = reply.ok ? null : problemText(reply.problem);
    };
    void ask();
    const timer = setInterval(() => void ask(), AGAIN_MS);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [session.value?.token]);
  const planned = lines.value.filter((line) => line.minimum !== null);
  if (trouble.value !== null) return <p class="warn" role="alert">{t('sup.staffing')}: {trouble.value}</p>;
  if (planned.length === 0) return null;
  const short = shortOf(planned);
  return (
    <section class="pane box staffing" aria-label={t('sup.staffing')}>
      <h2>{t('sup.staffing')}</h2>
      <p class={short.length > 0 ? 'late' : ''} role="status">
        {short.length > 0 ? t('sup.staffing.short', { n: short.length, of: planned.length }) : t('sup.staffing.full', { n: planned.length })}
      </p>
      {short.length > 0 ? (
        <ul>
          {short.map((line) => (
            <li key={line.circle}>
              <strong>{line.circle}</strong> {t('sup.staffing.line', { on: line.on, minimum: line.minimum!, missing: missing(line)!, hours: hoursOf(line, ' · ') })}
              {line.out_of_service > 0 ? <span class="muted"> · {t('sup.staffing.out', { n: line.out_of_service })}</span> : null}
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}
