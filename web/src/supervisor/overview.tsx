/* The overview: did the tiers arrive in time, how long did each stage take, how does it go from day to
 * day, how is it spread, and where are the late ones. */

import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { http } from '../link/http.ts';
import * as api from '../protocol/http.ts';
import { TIERS } from '../protocol/values.ts';
import { exact } from '../ui/format.ts';
import { session } from '../ui/session.ts';
import { Distribution, Trend } from './charts.tsx';
import { cityTimes, definition, filter, heat, trend } from './data.ts';
import { comparable, reportQuery } from './filter.ts';
import { HeatMap } from './heat.tsx';
import { FEW, judged, metShare, percent, points, wilson } from './numbers.ts';
import { OnDutyNow } from './staffing.tsx';
import { t, word, type SupKey } from './words.ts';

const CELL_E7 = 25_000; /* about 280 m */

export function Overview(): JSX.Element {
  const now = filter.value;
  const targets = useSignal<Record<string, number>>({});
  useEffect(() => {
    void cityTimes.ask(`/v1/response-times/summary?${reportQuery(now)}`);
    void trend.ask(`/v1/response-times/summary?${reportQuery(now, { group: 'day', compares: false })}`);
    void heat.ask(`/v1/response-times/heat?${reportQuery(now, { cell_e7: CELL_E7 })}`);
  }, [now, session.value?.token]);
  useEffect(() => {
    void http('/v1/policy', api.policy, { token: session.value?.token ?? null }).then((reply) => {
      if (reply.ok) targets.value = Object.fromEntries(reply.value.policy.tiers.map((tier) => [tier.tier, tier.target_ms]));
    });
  }, [session.value?.token]);
  const held = cityTimes.value.value;
  const shown = useSignal<string>('5');
  if (held === null) return <p role="status" class="muted">{t('common.loading')}</p>;
  definition.value = held.definition;
  const tier = now.tier !== '' ? now.tier : shown.value;
  const line = held.summary.find((each) => each.tier === tier && each.stage === 'clock_to_on_scene');
  return (
    <>
      <section class="cards" aria-label={t('sup.summary')}>
        {held.summary.filter((each) => each.stage === 'clock_to_on_scene' && (now.tier === '' || now.tier === each.tier)).map((each) => (
          <TierCard key={each.tier} line={each} compares={comparable(now)} target={targets.value[each.tier] ?? null} />
        ))}
      </section>
      <OnDutyNow />
      <div class="sup-charts">
        <section class="pane box" aria-label={t('sup.trend')}>
          <div class="row">
            <h2>{t('sup.trend')}</h2>
            {now.tier === '' ? (
              <span class="choice" role="group" aria-label={t('sup.filter.tier')}>
                {TIERS.map((each) => (
                  <button key={each} type="button" aria-pressed={tier === each} onClick={() => (shown.value = each)}>{t('tier.label', { tier: each })}</button>
                ))}
              </span>
            ) : null}
          </div>
          <Trend lines={trend.value.value?.summary ?? []} tier={tier} />
        </section>
        <section class="pane box" aria-label={t('sup.distribution')}>
          <h2>{t('sup.distribution')} · {t('tier.label', { tier })}</h2>
          {line && line.n > 0 ? (
            <Distribution line={line} bin_ms={held.definition.bin_ms ?? 10_000} target_ms={targets.value[tier] ?? null} />
          ) : <p class="empty">{t('sup.empty')}</p>}
        </section>
        <section class="pane box" aria-label={t('sup.heat')}>
          <h2>{t('sup.heat')}</h2>
          <HeatMap heat={heat.value.value} />
        </section>
      </div>
      <Stages lines={held.summary} compares={comparable(now)} />
    </>
  );
}

function TierCard({ line, compares, target }: { line: api.SummaryLine; compares: boolean; target: number | null }): JSX.Element {
  const share = metShare(line);
  const all = judged(line);
  const range = wilson(line.met, all);
  const before = line.last_year ?? null;
  const then = before === null ? null : metShare(before);
  return (
    <article class="pane card" data-tier={line.tier}>
      <h2>{t('tier.label', { tier: line.tier })} {target === null ? '' : `≤ ${exact(target)}`}</h2>
      <p class="big">{share === null ? '—' : percent(share)}</p>
      <p class="muted">
        {range === null ? t('sup.nothing_judged') : t('sup.interval', { low: percent(range[0]), high: percent(range[1]), n: all })}
        {all > 0 && all < FEW ? <>{' '}<span class="tag few">{t('sup.few')}</span></> : null}
      </p>
      <p>
        <span class="verdict-met">{t('sup.col.met')} {line.met}</span> · <span class="verdict-missed">{t('verdict.missed')} {line.missed}</span> ·{' '}
        <span class="verdict-no_unit">{t('verdict.no_unit')} {line.no_unit}</span>
      </p>
      <dl>
        {(['p50_ms', 'p90_ms', 'p95_ms', 'max_ms'] as const).map((name) => (
          <div key={name}><dt>{name === 'max_ms' ? t('sup.col.max') : name.slice(0, 3).toUpperCase()}</dt><dd data-p={name}>{exact(line[name])}</dd></div>
        ))}
        <div><dt>{t('sup.col.n')}</dt><dd>{line.n}</dd></div>
        <div><dt>{t('sup.col.missing')}</dt><dd>{line.missing}</dd></div>
      </dl>
      {compares ? (
        <p class="last-year muted">
          {before === null || then === null
            ? t('sup.last_year.none')
            : t('sup.last_year', { rate: percent(then), p90: exact(before.p90_ms), n: before.n, points: share === null ? '—' : points(share, then) })}
        </p>
      ) : null}
    </article>
  );
}

const PERCENTILES = ['p50_ms', 'p90_ms', 'p95_ms', 'p99_ms', 'max_ms'] as const;

function Stages({ lines, compares }: { lines: readonly api.SummaryLine[]; compares: boolean }): JSX.Element {
  const shown = filter.value.tier === '' ? lines : lines.filter((line) => line.tier === filter.value.tier);
  return (
    <section aria-label={t('sup.stages')}>
      <h2>{t('sup.stages')}</h2>
      <div class="scroll" tabIndex={0} role="group" aria-label={t('sup.stages')}>
        <table class="summary">
          <thead>
            <tr>
              <th scope="col">{t('sup.filter.tier')}</th>
              <th scope="col">{t('sup.col.stage')}</th>
              <th scope="col" class="num">{t('sup.col.n')}</th>
              <th scope="col" class="num">{t('sup.col.missing')}</th>
              {PERCENTILES.map((name) => (
                <th key={name} scope="col" class="num">{name === 'max_ms' ? t('sup.col.max') : name.slice(0, 3).toUpperCase()}</th>
              ))}
              {compares ? <th scope="col" class="num">{t('sup.col.p90_then')}</th> : null}
              <th scope="col">{t('sup.col.excluded')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((line) => {
              const first = line.stage === 'clock_to_on_scene';
              return (
                <tr key={line.tier + line.stage} class={first ? 'verdict' : 'stage'} data-line={`${line.tier}/${line.stage}`}>
                  <th scope="row">{first ? t('tier.label', { tier: line.tier }) : ''}</th>
                  <td>{word('sup.stage', line.stage)}</td>
                  <td class="num">{line.n}</td>
                  <td class="num">{line.missing}</td>
                  {PERCENTILES.map((name) => <td key={name} class="num" data-p={name}>{exact(line[name])}</td>)}
                  {compares ? <td class="num">{exact(line.last_year?.p90_ms)}</td> : null}
                  <td class="muted">{first ? excludedText(line.excluded) : ''}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function excludedText(excluded: api.SummaryLine['excluded']): string {
  return Object.entries(excluded)
    .filter(([, n]) => n > 0)
    .map(([why, n]) => t(`sup.excluded.${why}` as SupKey, { n }))
    .join(' · ');
}
