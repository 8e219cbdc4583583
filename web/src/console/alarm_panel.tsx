/* All alarms, beside the work, never over it. */

import type { JSX } from 'preact';
import type { Alarm } from '../protocol/objects.ts';
import { PriorityBadge } from '../ui/bits.tsx';
import { clock, duration } from '../ui/format.ts';
import { lineText, subjectsOf } from './alarm_line.tsx';
import { subjectLink } from './alarm_row.tsx';
import { alarmList, FLOOD_COUNT, rings, SHELVE_MINUTES, tally, type AlarmLine } from './alarms.ts';
import { coverageOpen } from './coverage.ts';
import { ackAll, alarmsOpen, city, now, raised, shelveAlarm } from './state.ts';
import { t, word } from './panel_words.ts';

export function AlarmPanel(): JSX.Element {
  const list = alarmList(city.value.alarms.values(), raised.value, now.value);
  return (
    <aside id="alarms" class="sheet alarms" aria-label={t('alarm.region')}>
      <div class="pane-head">
        <h2>{t('alarm.region')}</h2>
        <span class="muted">{t('alarm.rate', { n: list.rate })}</span>
        <span class="spring" />
        <button type="button" class="ghost" onClick={() => (alarmsOpen.value = false)}>{t('common.close')}</button>
      </div>
      <div class="sheet-body" tabIndex={0} role="group" aria-label={t('alarm.region')}>
        {list.flood ? <p class="warn">{t('alarm.flood', { n: FLOOD_COUNT })}</p> : null}
        <h3>{t('alarm.waiting', { n: tally(city.value.alarms.values()).waiting })}</h3>
        <Lines lines={list.ringing} empty={t('alarm.none')} />
        <h3>{t('alarm.owned', { n: list.owned.length })}</h3>
        <Lines lines={list.owned} empty={t('alarm.none_owned')} />
        <h3>{t('alarm.shelved', { n: list.shelved.length })}</h3>
        <Lines lines={list.shelved} empty={t('alarm.none_owned')} />
      </div>
    </aside>
  );
}

const LINES_MAX = 100;
const LINKS_MAX = 3;

function Lines({ lines, empty }: { lines: readonly AlarmLine[]; empty: string }): JSX.Element {
  if (lines.length === 0) return <p class="muted">{empty}</p>;
  return (
    <ul>
      {lines.slice(0, LINES_MAX).map((line) => <Line key={line.first.alarm_id} line={line} />)}
    </ul>
  );
}

function Line({ line }: { line: AlarmLine }): JSX.Element {
  const { first, all } = line;
  const incident = first.incident_id === null ? undefined : city.value.incidents.get(first.incident_id);
  const many = all.length > 1;
  const subjects = subjectsOf(all);
  return (
    <li class={rings(first) ? 'rings' : ''}>
      <time>{duration(Math.max(0, now.value - first.raised_ms))}</time>
      {incident ? <PriorityBadge priority={incident.priority} /> : <span />}
      <span class="what">
        {lineText(line)}
        <span class="muted"> {many ? '' : [incident ? word('type', incident.type) : '', incident?.address ?? ''].filter(Boolean).join(' ')}</span>
      </span>
      <span class="row">
        {subjects.slice(0, LINKS_MAX).map(subjectLink)}
        {subjects.length > LINKS_MAX ? <span class="muted">+{subjects.length - LINKS_MAX}</span> : null}
      </span>
      <span class="row alarm-acts">
        {first.acked_ms === null ? null : <span class="muted">{first.acked_by} {clock(first.acked_ms)}</span>}
        {first.shelved_ms === null ? null : <Shelved alarm={first} />}
        {first.kind === 'coverage_gap' ? <button type="button" onClick={showCover}>{t('cover.title')}</button> : null}
        {first.acked_ms === null ? <button type="button" onClick={() => ackAll(all)}>{many ? t('alarm.ack_n', { n: all.length }) : t('alarm.ack')}</button> : null}
        {many || first.kind === 'panic' || first.shelved_ms !== null ? null : (
          <button type="button" onClick={() => shelveAlarm(first.alarm_id, SHELVE_MINUTES)}>{t('alarm.shelve', { n: SHELVE_MINUTES })}</button>
        )}
      </span>
    </li>
  );
}

function showCover(): void {
  alarmsOpen.value = false;
  coverageOpen.value = true;
}

function Shelved({ alarm }: { alarm: Alarm }): JSX.Element {
  return (
    <span class="muted">
      {t('alarm.shelved_by', { name: alarm.shelved_by ?? '', time: duration(Math.max(0, (alarm.shelved_ms ?? 0) - now.value)), why: word('reason', alarm.shelved_reason) })}
      {alarm.shelved > 1 ? ` · ${t('alarm.shelved_times', { n: alarm.shelved })}` : ''}
    </span>
  );
}

