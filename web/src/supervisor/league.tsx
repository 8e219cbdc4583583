/* Who is how good: circles, units, districts, types, shifts, days beside each other. Few cases say little,
 * so their lines say so and come last. */

import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import type { SummaryLine, TimesSummary } from '../protocol/http.ts';
import { TIERS } from '../protocol/values.ts';
import { exact } from '../ui/format.ts';
import { session } from '../ui/session.ts';
import { change, definition, drillTimes, filter, league, type Asked } from './data.ts';
import { comparable, GROUPS, reportQuery, type GroupName } from './filter.ts';
import { FEW, judged, metShare, percent, points, wilson } from './numbers.ts';
import { t, word } from './words.ts';

const FIRST = 100; /* rows that are drawn unasked */

export type Order = 'rate' | 'p90_ms' | 'n' | 'group';

/** Best first; those with few cases after the others, and what belongs to nobody last. */
export function ranked(lines: readonly SummaryLine[], order: Order): SummaryLine[] {
  const value = (line: SummaryLine): number =>
    order === 'rate' ? -(metShare(line) ?? -1) : order === 'n' ? -line.n : (line.p90_ms ?? Number.MAX_SAFE_INTEGER);
  const few = (line: SummaryLine): number => (line.group === null ? 2 : order !== 'group' && judged(line) < FEW ? 1 : 0);
  return [...lines].sort(
    (a, b) => few(a) - few(b) || (order === 'group' ? 0 : value(a) - value(b)) || (a.group ?? '￿').localeCompare(b.group ?? '￿'),
  );
}

export function League(): JSX.Element {
  return <Table asked={league} drills={filter.value.drills} />;
}

/** Exercises have a table of their own and are in no other. */
export function Drills(): JSX.Element {
  return (
    <>
      <p class="muted">{t('sup.drills.note')}</p>
      <Table asked={drillTimes} drills />
    </>
  );
}

function Table({ asked, drills }: { asked: Asked<TimesSummary>; drills: boolean }): JSX.Element {
  const now = filter.value;
  const order = useSignal<Order>('rate');
  useEffect(() => {
    void asked.ask(`/v1/response-times/summary?${reportQuery(now, { group: now.group, drills })}`);
  }, [now, drills, session.value?.token]);
  const held = asked.value.value;
  if (held !== null) definition.value = held.definition;
  const calendar = now.group === 'day' || now.group === 'month' || now.group === 'hour' || now.group === 'shift';
  return (
    <section aria-label={t('sup.view.league')}>
      <div class="row">
        <label class="inline">
          {t('sup.group')}{' '}
          <select value={now.group} onChange={(event) => change({ group: event.currentTarget.value as GroupName })}>
            {GROUPS.map((group) => <option key={group} value={group}>{word('sup.group', group)}</option>)}
          </select>
        </label>
        <span class="muted">{t('sup.few.note', { n: FEW })}</span>
      </div>
      {held === null ? <p role="status" class="muted">{t('common.loading')}</p> : null}
      {held !== null && held.summary.length === 0 ? <p class="empty">{t('sup.empty')}</p> : null}
      {TIERS.filter((tier) => now.tier === '' || tier === now.tier).map((tier) => {
        const lines = (held?.summary ?? []).filter((line) => line.tier === tier && line.stage === 'clock_to_on_scene');
        return lines.length === 0 ? null : (
          <TierTable key={tier} tier={tier} lines={ranked(lines, calendar ? 'group' : order.value)} order={order.value} choose={(next) => (order.value = next)} />
        );
      })}
    </section>
  );
}

function TierTable({ tier, lines, order, choose }: {
  tier: string;
  lines: readonly SummaryLine[];
  order: Order;
  choose: (order: Order) => void;
}): JSX.Element {
  const compares = comparable(filter.value);
  const all = useSignal(false);
  const head = (key: Order, label: string): JSX.Element => (
    <th scope="col" class="num" aria-sort={order === key ? 'ascending' : 'none'}>
      <button type="button" class="link" onClick={() => choose(key)}>{label}</button>
    </th>
  );
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label={t('tier.label', { tier })}>
      <table class="summary league" data-tier={tier}>
        <caption>{t('tier.label', { tier })}</caption>
        <thead>
          <tr>
            <th scope="col" class="num">#</th>
            <th scope="col">{word('sup.group', filter.value.group)}</th>
            {head('rate', t('sup.col.rate'))}
            <th scope="col">{t('sup.col.interval')}</th>
            <th scope="col" class="num">{t('sup.col.met')}</th>
            <th scope="col" class="num">{t('verdict.missed')}</th>
            <th scope="col" class="num">{t('verdict.no_unit')}</th>
            {head('n', t('sup.col.n'))}
            <th scope="col" class="num">{t('sup.col.missing')}</th>
            <th scope="col" class="num">P50</th>
            {head('p90_ms', 'P90')}
            <th scope="col" class="num">P95</th>
            <th scope="col" class="num">{t('sup.col.max')}</th>
            {compares ? <th scope="col" class="num">{t('sup.col.last_year')}</th> : null}
          </tr>
        </thead>
        <tbody>
          {lines.slice(0, all.value ? lines.length : FIRST).map((line, index) => <Line key={line.group ?? ''} line={line} rank={index + 1} compares={compares} />)}
        </tbody>
      </table>
      {lines.length > FIRST && !all.value ? (
        <button type="button" onClick={() => (all.value = true)}>{t('sup.show_all', { n: lines.length })}</button>
      ) : null}
    </div>
  );
}

function labelOf(line: SummaryLine): string {
  if (line.group === null) return t('sup.group.none');
  if (filter.value.group === 'type') return word('type', line.group);
  return line.name === null ? line.group : `${line.group} ${line.name}`;
}

function Line({ line, rank, compares }: { line: SummaryLine; rank: number; compares: boolean }): JSX.Element {
  const share = metShare(line);
  const all = judged(line);
  const range = wilson(line.met, all);
  const then = line.last_year ? metShare(line.last_year) : null;
  return (
    <tr data-group={line.group ?? ''} class={all < FEW ? 'few' : ''}>
      <td class="num">{all < FEW || line.group === null ? '—' : rank}</td>
      <th scope="row">{labelOf(line)}{all < FEW ? <>{' '}<span class="tag">{t('sup.few')}</span></> : null}</th>
      <td class="num strong">{share === null ? '—' : percent(share)}</td>
      <td>{range === null ? '—' : <Interval low={range[0]} high={range[1]} share={share ?? 0} />}</td>
      <td class="num">{line.met}</td>
      <td class="num">{line.missed}</td>
      <td class="num">{line.no_unit}</td>
      <td class="num">{line.n}</td>
      <td class="num">{line.missing}</td>
      <td class="num">{exact(line.p50_ms)}</td>
      <td class="num">{exact(line.p90_ms)}</td>
      <td class="num">{exact(line.p95_ms)}</td>
      <td class="num">{exact(line.max_ms)}</td>
      {compares ? <td class="num">{then === null || share === null ? '—' : `${percent(then)} (${points(share, then)})`}</td> : null}
    </tr>
  );
}

function Interval({ low, high, share }: { low: number; high: number; share: number }): JSX.Element {
  return (
    <svg class="interval" viewBox="0 0 100 10" width="100" height="10" role="img" aria-label={`${percent(low)} – ${percent(high)}`}>
      <line x1="0" y1="5" x2="100" y2="5" class="axis" />
      <line x1={low * 100} y1="5" x2={high * 100} y2="5" class="range" />
      <circle cx={share * 100} cy="5" r="3" />
    </svg>
  );
}
