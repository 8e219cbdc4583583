/* Checkpoints and their patrols: what was due and missed, who came and how that is known, and the longest
 * time that nobody did. What was missed most comes first. */

import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import type { Patrol, PatrolLine } from '../protocol/patrol.ts';
import { dateTime } from '../ui/format.ts';
import { session } from '../ui/session.ts';
import { change, filter, patrols } from './data.ts';
import { PATROL_GROUPS, patrolQuery, type PatrolGroup } from './filter.ts';
import { percent } from './numbers.ts';
import { t, word } from './words.ts';

const FIRST = 100; /* rows that are drawn unasked */

export type PatrolOrder = 'missed' | 'rate' | 'gap_ms' | 'visits' | 'unconfirmed' | 'group';

/** Of what was due, how much was not missed; null: nothing was due. */
export const keptShare = (line: Pick<PatrolLine, 'due' | 'missed'>): number | null =>
  line.due === null || line.missed === null || line.due === 0 ? null : (line.due - line.missed) / line.due;

/** The worst first, by name where they are equal; what belongs to nothing comes last. */
export function worstFirst(lines: readonly PatrolLine[], order: PatrolOrder): PatrolLine[] {
  const value = (line: PatrolLine): number =>
    order === 'group' ? 0 : order === 'rate' ? 1 - (keptShare(line) ?? 2) : (line[order] ?? -1);
  return [...lines].sort(
    (a, b) => Number(a.group === null) - Number(b.group === null) || value(b) - value(a) || (a.group ?? '').localeCompare(b.group ?? ''),
  );
}

/** 7 h 05 min: seconds say nothing of a gap in a patrol. */
export function hoursMinutes(ms: number | null): string {
  if (ms === null) return '—';
  const minutes = Math.floor(ms / 60_000);
  const hours = Math.floor(minutes / 60);
  return hours > 0 ? t('sup.patrol.hours', { h: hours, m: String(minutes % 60).padStart(2, '0') }) : t('sup.patrol.minutes', { m: minutes });
}

export function PatrolView(): JSX.Element {
  const now = filter.value;
  const order = useSignal<PatrolOrder>('missed');
  useEffect(() => {
    void patrols.ask(`/v1/patrol?${patrolQuery(now)}`);
  }, [now, session.value?.token]);
  const held = patrols.value.value;
  return (
    <section aria-label={t('sup.view.patrol')}>
      <div class="row">
        <label class="inline">
          {t('sup.group')}{' '}
          <select value={now.by} onChange={(event) => change({ by: event.currentTarget.value as PatrolGroup })}>
            {PATROL_GROUPS.map((group) => <option key={group} value={group}>{word('sup.group', group)}</option>)}
          </select>
        </label>
        <span class="muted">{t(now.by === 'unit' ? 'sup.patrol.note.units' : 'sup.patrol.note')}</span>
      </div>
      {held === null ? <p role="status" class="muted">{t('common.loading')}</p> : <Answer held={held} by={now.by} order={order.value} choose={(next) => (order.value = next)} />}
    </section>
  );
}

function Answer({ held, by, order, choose }: { held: Patrol; by: PatrolGroup; order: PatrolOrder; choose: (order: PatrolOrder) => void }): JSX.Element {
  const { total, definition } = held;
  const zone = definition.time_zone;
  const all = useSignal(false);
  const ofUnits = by === 'unit';
  const ofRoutes = by === 'route';
  if (total.checkpoints === 0) return <p class="empty">{t(ofRoutes ? 'sup.patrol.none.routes' : 'sup.patrol.none')}</p>;
  const shown = ofUnits && !['visits', 'unconfirmed', 'group'].includes(order) ? 'visits' : order; /* that have a column */
  const lines = worstFirst(held.lines, shown);
  const head = (key: PatrolOrder, label: string): JSX.Element => (
    <th scope="col" class="num" aria-sort={shown !== key ? 'none' : key === 'rate' ? 'ascending' : 'descending'}>
      <button type="button" class="link" onClick={() => choose(key)}>{label}</button>
    </th>
  );
  return (
    <>
      <Total line={total} ofRoutes={ofRoutes} />
      <div class="scroll" tabIndex={0} role="group" aria-label={t('sup.view.patrol')}>
        <table class="summary patrol">
          <thead>
            <tr>
              <th scope="col" aria-sort={shown === 'group' ? 'ascending' : 'none'}><button type="button" class="link" onClick={() => choose('group')}>{word('sup.group', by)}</button></th>
              {by === 'checkpoint' || ofRoutes ? <th scope="col">{t('sup.filter.circle')}</th> : null}
              {by === 'circle' || by === 'district' ? <th scope="col" class="num">{t('sup.patrol.checkpoints')}</th> : null}
              {ofUnits ? null : (
                <>
                  <th scope="col" class="num">{t('sup.patrol.due')}</th>
                  {head('missed', t('sup.patrol.missed'))}
                  {head('rate', t('sup.patrol.kept'))}
                </>
              )}
              {head('visits', t(ofRoutes ? 'sup.patrol.rounds' : 'sup.patrol.visits'))}
              {ofRoutes ? null : (
                <>
              <th scope="col" class="num">{t('sup.patrol.seen')}</th>
              <th scope="col" class="num">{t('sup.patrol.signed')}</th>
              <th scope="col" class="num">{t('sup.patrol.scanned')}</th>
              {head('unconfirmed', t('sup.patrol.unconfirmed'))}
                </>
              )}
              {ofUnits ? null : head('gap_ms', t('sup.patrol.gap'))}
              <th scope="col">{t('sup.patrol.last')}</th>
            </tr>
          </thead>
          <tbody>
            {lines.slice(0, all.value ? lines.length : FIRST).map((line) => <Line key={line.group ?? ''} line={line} by={by} zone={zone} />)}
          </tbody>
        </table>
        {lines.length === 0 ? <p class="empty">{t('sup.empty')}</p> : null}
        {lines.length > FIRST && !all.value ? (
          <button type="button" onClick={() => (all.value = true)}>{t('sup.show_all', { n: lines.length })}</button>
        ) : null}
      </div>
      <dl class="definition" aria-label={t('sup.definition')}>
        <div><dt>{t('sup.patrol.due')}</dt><dd>{t('sup.patrol.def.due')}</dd></div>
        {ofRoutes ? null : <div><dt>{t('sup.patrol.unconfirmed')}</dt><dd>{t('sup.patrol.def.unconfirmed')}</dd></div>}
        <div><dt>{t('sup.patrol.gap')}</dt><dd>{t('sup.patrol.def.gap')}</dd></div>
        <div><dt>{t('sup.def.zone')}</dt><dd>{zone}</dd></div>
        <div><dt>{t('sup.period')}</dt><dd>{dateTime(definition.from_ms, zone)} – {dateTime(definition.to_ms, zone)}</dd></div>
      </dl>
    </>
  );
}

function Total({ line, ofRoutes }: { line: PatrolLine; ofRoutes: boolean }): JSX.Element {
  const share = keptShare(line);
  return (
    <p class="patrol-total" role="status">
      <strong>{t(ofRoutes ? 'sup.patrol.total.routes' : 'sup.patrol.total', { n: line.checkpoints, due: line.due ?? 0 })}</strong>{' '}
      <span class={line.missed ? 'verdict-missed' : 'verdict-met'}>{t('sup.patrol.total.missed', { n: line.missed ?? 0, share: share === null ? '—' : percent(share) })}</span>{' '}
      {ofRoutes ? t('sup.patrol.total.rounds', { n: line.walked }) : t('sup.patrol.total.visits', { n: line.visits, seen: line.seen, by_hand: line.signed + line.scanned, unconfirmed: line.unconfirmed })}
    </p>
  );
}

function Line({ line, by, zone }: { line: PatrolLine; by: PatrolGroup; zone: string }): JSX.Element {
  const share = keptShare(line);
  return (
    <tr data-group={line.group ?? ''}>
      <th scope="row">{line.group === null ? t('sup.group.none') : [line.group, line.name].filter(Boolean).join(' ')}</th>
      {by === 'checkpoint' || by === 'route' ? <td>{line.circle ?? '—'}</td> : null}
      {by === 'circle' || by === 'district' ? <td class="num">{line.checkpoints}</td> : null}
      {by === 'unit' ? null : (
        <>
          <td class="num">{line.due}</td>
          <td class={`num${line.missed ? ' verdict-missed' : ''}`}>{line.missed}</td>
          <td class="num strong">{share === null ? '—' : percent(share)}</td>
        </>
      )}
      <td class="num">{line.visits}</td>
      {by === 'route' ? null : (
        <>
          <td class="num">{line.seen}</td>
          <td class="num">{line.signed}</td>
          <td class="num">{line.scanned}</td>
          <td class="num">{line.unconfirmed}</td>
        </>
      )}
      {by === 'unit' ? null : (
        <td class="num">
          {hoursMinutes(line.gap_ms)}
          {line.gap_from_ms === null ? null : <span class="muted"> {t('sup.patrol.since', { time: dateTime(line.gap_from_ms, zone) })}</span>}
        </td>
      )}
      <td>{dateTime(line.last_ms, zone)}</td>
    </tr>
  );
}
