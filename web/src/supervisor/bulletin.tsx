/* The bulletin that Chinese police print: orders by how soon they were signed for, departed and fed back,
 * in fixed bins, the slowest by name. */

import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { BulletinLine } from '../protocol/http.ts';
import { exact } from '../ui/format.ts';
import { session } from '../ui/session.ts';
import { bulletin, change, definition, filter } from './data.ts';
import { comparable, GROUPS, reportQuery, type GroupName } from './filter.ts';
import { percent } from './numbers.ts';
import { t, word } from './words.ts';

const STAGES = ['sign', 'depart', 'feedback'] as const;
type Stage = (typeof STAGES)[number];
const BINS: Record<Stage, readonly string[]> = {
  sign: ['0–30 s', '30–60 s', '60–120 s', '120–180 s', '> 180 s'],
  depart: ['0–5 min', '5–10 min', '10–15 min', '15–30 min', '> 30 min'],
  feedback: ['0–30 min', '30–60 min', '1–2 h', '2–4 h', '> 4 h'],
};

export function BulletinView(): JSX.Element {
  const now = filter.value;
  useEffect(() => {
    void bulletin.ask(`/v1/response-times/bulletin?${reportQuery(now, { group: now.group })}`);
  }, [now, session.value?.token]);
  const held = bulletin.value.value;
  if (held === null) return <p role="status" class="muted">{t('common.loading')}</p>;
  definition.value = held.definition;
  return (
    <section aria-label={t('sup.view.bulletin')}>
      <div class="row">
        <label class="inline">
          {t('sup.group')}{' '}
          <select value={now.group} onChange={(event) => change({ group: event.currentTarget.value as GroupName })}>
            {GROUPS.map((group) => <option key={group} value={group}>{word('sup.group', group)}</option>)}
          </select>
        </label>
        <span class="muted">{t('sup.bulletin.note')}</span>
      </div>
      {held.lines.length === 0 ? <p class="empty">{t('sup.empty')}</p> : STAGES.map((stage) => (
        <Table key={stage} stage={stage} lines={held.lines} compares={comparable(now)} />
      ))}
    </section>
  );
}

function Table({ stage, lines, compares }: { stage: Stage; lines: readonly BulletinLine[]; compares: boolean }): JSX.Element {
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label={word('sup.bulletin', stage)}>
      <table class="summary bulletin" data-stage={stage}>
        <caption>{word('sup.bulletin', stage)}</caption>
        <thead>
          <tr>
            <th scope="col">{word('sup.group', filter.value.group)}</th>
            <th scope="col" class="num">{t('sup.bulletin.orders')}</th>
            {BINS[stage].map((bin) => <th key={bin} scope="col" class="num">{bin}</th>)}
            <th scope="col" class="num">{t('sup.col.missing')}</th>
            <th scope="col" class="num">{t('sup.bulletin.withdrawn')}</th>
            <th scope="col">{t('sup.bulletin.slowest')}</th>
            {compares ? <th scope="col" class="num">{t('sup.bulletin.then')}</th> : null}
          </tr>
        </thead>
        <tbody>{lines.map((line) => <Line key={line.group ?? ''} line={line} stage={stage} compares={compares} />)}</tbody>
      </table>
    </div>
  );
}

function Line({ line, stage, compares }: { line: BulletinLine; stage: Stage; compares: boolean }): JSX.Element {
  const times = line[stage];
  const slowest = times.slowest;
  const before = line.last_year?.[stage] ?? null;
  const label = line.group === null ? t('sup.group.none') : filter.value.group === 'type' ? word('type', line.group) : [line.group, line.name].filter(Boolean).join(' ');
  return (
    <tr data-group={line.group ?? ''}>
      <th scope="row">{label}</th>
      <td class="num">{line.orders}</td>
      {times.bins.map((count, index) => (
        <td key={index} class="num">{count} <span class="muted">{times.n === 0 ? '' : percent(count / times.n)}</span></td>
      ))}
      <td class="num">{times.missing}</td>
      <td class="num">{times.withdrawn}</td>
      <td>
        {slowest === null ? '—' : (
          <>
            {[slowest.unit, slowest.name].filter(Boolean).join(' ')} · {exact(slowest.ms)} ·{' '}
            <button type="button" class="link" onClick={() => change({ view: 'replay', incident: String(slowest.incident_id), at: '' })}>#{slowest.incident_id}</button>
          </>
        )}
      </td>
      {compares ? <td class="num">{before === null || before.n === 0 ? '—' : percent((before.bins[0] ?? 0) / before.n)}</td> : null}
    </tr>
  );
}
