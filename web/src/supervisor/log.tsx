/* The log: a line an incident and tier, and the incident that was chosen with its timeline. */

import { signal, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { language, type Key } from '../i18n/index.ts';
import { http } from '../link/http.ts';
import * as api from '../protocol/http.ts';
import { PriorityBadge } from '../ui/bits.tsx';
import { clock, dateTime, duration, exact } from '../ui/format.ts';
import { problemText } from '../ui/problem.ts';
import { session } from '../ui/session.ts';
import { Timeline } from '../ui/timeline.tsx';
import { Windowed } from '../ui/windowed.tsx';
import { change, definition, filter, record, timeZone } from './data.ts';
import { queryOf } from './filter.ts';
import { t, word, type SupKey } from './words.ts';

const chosen = signal<number | null>(null);

export function LogView(): JSX.Element {
  const now = filter.value;
  useEffect(() => {
    void record.ask(`/v1/response-times?${queryOf(now, 'json')}`);
  }, [now, session.value?.token]);
  const held = record.value.value;
  if (held === null) return <p role="status" class="muted">{t('common.loading')}</p>;
  definition.value = held.definition;
  const zone = timeZone();
  return (
    <div class="sup-split">
      <Log held={held} zone={zone} />
      <IncidentPane zone={zone} />
    </div>
  );
}

const COLUMNS = [
  'queue.col.id', 'sup.filter.tier', 'queue.col.type', 'detail.received', 'sup.filter.circle', 'sup.filter.unit',
  'astate.sent', 'astate.acknowledged', 'astate.en_route', 'astate.on_scene', 'sup.col.elapsed', 'sup.col.target', 'sup.col.verdict',
] as const satisfies readonly (Key | SupKey)[];
const NUMBERS = new Set<Key | SupKey>(['astate.sent', 'astate.acknowledged', 'astate.en_route', 'astate.on_scene', 'sup.col.elapsed', 'sup.col.target']);

function Log({ held, zone }: { held: api.ResponseTimes; zone: string | undefined }): JSX.Element {
  void language.value;
  return (
    <section class="log pane" aria-label={t('sup.log')}>
      {held.truncated ? <p class="warn">{t('sup.truncated', { n: held.rows.length })}</p> : null}
      <Windowed
        items={held.rows}
        rowHeight={30}
        label={t('sup.log')}
        keyOf={(row) => `${row.incident_id}/${row.tier}`}
        focus={-1}
        columns={
          <div class="cols-log head" role="presentation">
            {COLUMNS.map((key) => <span key={key} role="columnheader" class={NUMBERS.has(key) ? 'num' : ''}>{t(key)}</span>)}
          </div>
        }
        empty={t('sup.empty')}
        row={(row) => <LogRow row={row} zone={zone} />}
      />
    </section>
  );
}

/** Milestones as how long after the report: that is what is compared. */
function LogRow({ row, zone }: { row: api.Row; zone: string | undefined }): JSX.Element {
  const after = (ms: number | null): string => (ms === null || row.received_ms === null ? '—' : `+${duration(ms - row.received_ms)}`);
  const here = chosen.value === row.incident_id;
  return (
    <div role="row" class={`log-row cols-log${here ? ' chosen' : ''}`} aria-selected={here} onClick={() => (chosen.value = row.incident_id)}>
      <div role="gridcell">
        <button type="button" class="link" onClick={() => (chosen.value = row.incident_id)}>{row.incident_id}</button>
      </div>
      <div role="gridcell">{row.tier}</div>
      <div role="gridcell" class="cut">
        <PriorityBadge priority={row.priority} /> {word('type', row.type)} {row.drill ? <span class="tag drill">{t('common.drill')}</span> : null}
      </div>
      <div role="gridcell" title={dateTime(row.received_ms, zone)}>{dateTime(row.received_ms, zone)}</div>
      <div role="gridcell" class="cut">{row.circle ?? '—'}</div>
      <div role="gridcell" class="cut">{row.unit ?? '—'}</div>
      {(['sent_ms', 'acknowledged_ms', 'en_route_ms', 'on_scene_ms'] as const).map((name) => (
        <div key={name} role="gridcell" class="num" title={clock(row[name], zone)}>{after(row[name])}</div>
      ))}
      <div role="gridcell" class="num strong">{exact(row.elapsed_ms)}</div>
      <div role="gridcell" class="num muted">{duration(row.target_ms)}</div>
      <div role="gridcell" class={`verdict-${row.verdict}`}>{word('verdict', row.verdict)}</div>
    </div>
  );
}

function IncidentPane({ zone }: { zone: string | undefined }): JSX.Element {
  const id = chosen.value;
  const found = useSignal<api.IncidentDetail | null>(null);
  const problem = useSignal<string | null>(null);
  useEffect(() => {
    found.value = null;
    problem.value = null;
    if (id === null) return;
    void http(`/v1/incidents/${id}`, api.incidentDetail, { token: session.value?.token ?? null }).then((reply) => {
      if (chosen.value !== id) return;
      if (reply.ok) found.value = reply.value;
      else problem.value = problemText(reply.problem);
    });
  }, [id]);
  const held = found.value;
  return (
    <section class="incident pane" aria-label={id === null ? t('sup.timeline.none') : t('sup.timeline', { id })}>
      {id === null ? <p class="empty">{t('sup.timeline.none')}</p> : (
        <>
          <div class="row">
            <h2>{t('sup.timeline', { id })}</h2>
            <span class="spring" />
            <button type="button" onClick={() => change({ view: 'replay', incident: String(id), at: '' })}>{t('sup.replay.this')}</button>
            <button type="button" class="ghost" onClick={() => (chosen.value = null)}>{t('common.close')}</button>
          </div>
          {problem.value !== null ? <p class="warn" role="alert">{problem.value}</p> : null}
          {held ? (
            <div class="incident-body" tabIndex={0} role="group" aria-label={t('sup.timeline', { id })}>
              <p>
                <PriorityBadge priority={held.incident.priority} /> {word('type', held.incident.type)} · {held.incident.address ?? '—'} ·{' '}
                {word('state', held.incident.state)} {held.incident.drill ? <span class="tag drill">{t('common.drill')}</span> : null}
              </p>
              {held.incident.note ? <p class="muted">{held.incident.note}</p> : null}
              <Timeline events={held.timeline} from_ms={held.incident.received_ms} timeZone={zone} />
            </div>
          ) : problem.value === null ? <p role="status" class="muted">{t('common.loading')}</p> : null}
        </>
      )}
    </section>
  );
}
