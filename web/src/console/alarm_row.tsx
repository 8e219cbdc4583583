/* The alarm row: always there, so that nothing moves when something rings. */

import type { JSX } from 'preact';
import type { Alarm } from '../protocol/objects.ts';
import { PriorityBadge } from '../ui/bits.tsx';
import { duration } from '../ui/format.ts';
import { alarmText } from '../ui/alarm_text.ts';
import { SHELVE_MINUTES, tally } from './alarms.ts';
import { checkpointAt } from './checkpoints.ts';
import { CoverageButton } from './coverage_button.tsx';
import { ackOldest, alarms, alarmsOpen, city, now, select, shelveAlarm, show } from './state.ts';
import { t, word } from './words.ts';

export function AlarmRow(): JSX.Element {
  const { waiting, owned, shelved, gaps, overdue } = tally(city.value.alarms.values());
  const first = waiting > 0 ? alarms.value[0] : undefined;
  const incident = first?.incident_id == null ? undefined : city.value.incidents.get(first.incident_id);
  return (
    <section class={`alarm ${first ? 'ringing' : 'calm'}`} role={first ? 'alert' : undefined} aria-label={t('alarm.region')}>
      {first ? (
        <>
          {incident ? <PriorityBadge priority={incident.priority} /> : null}
          <strong>{alarmText(first)}</strong>
          {subjectLink(first)}
          {incident ? <span class="alarm-place">{word('type', incident.type)} {incident.address ?? ''}</span> : null}
          <span class="alarm-age" aria-hidden="true">{duration(Math.max(0, now.value - first.raised_ms))}</span>
          <button type="button" class="ack" onClick={ackOldest}>{t('alarm.ack')} <kbd>F9</kbd></button>
          {first.kind === 'panic' ? null : (
            <button type="button" class="alarm-count" onClick={() => shelveAlarm(first.alarm_id, SHELVE_MINUTES)}>
              {t('alarm.shelve', { n: SHELVE_MINUTES })}
            </button>
          )}
        </>
      ) : gaps + overdue > 0 ? (
        <>
          {gaps > 0 ? <span>{word('alarm.kind', 'coverage_gap')} × {gaps}</span> : null}
          {overdue > 0 ? <span>{word('alarm.kind', 'checkpoint_overdue')} × {overdue}</span> : null}
          <button type="button" class="alarm-count" onClick={ackOldest}>{t('alarm.ack_n', { n: gaps + overdue })} <kbd>F9</kbd></button>
        </>
      ) : <span class="muted">{t('alarm.none')}</span>}
      <span class="spring" />
      <CoverageButton />
      <button type="button" class="alarm-count" aria-expanded={alarmsOpen.value} aria-controls="alarms" onClick={() => (alarmsOpen.value = !alarmsOpen.value)}>
        {t('alarm.list', { n: waiting, owned })}{shelved > 0 ? ` · ${t('alarm.shelved_n', { n: shelved })}` : ''} <kbd>Shift+F9</kbd>
      </button>
    </section>
  );
}

/** What it is about, to go there. */
export const subjectLink = (alarm: Alarm): JSX.Element | null =>
  alarm.incident_id !== null ? <IncidentLink key={alarm.alarm_id} id={alarm.incident_id} />
    : alarm.checkpoint !== null ? <CheckpointLink key={alarm.alarm_id} code={alarm.checkpoint} />
      : alarm.circle === null ? null : <span key={alarm.alarm_id}>{alarm.circle}</span>;

function CheckpointLink({ code }: { code: string }): JSX.Element {
  const place = checkpointAt(code);
  return place ? <button type="button" class="link" onClick={() => show(place)}>{code}</button> : <span>{code}</span>;
}

function IncidentLink({ id }: { id: number }): JSX.Element {
  return (
    <button
      type="button"
      class="link"
      onClick={() => {
        select(id);
        const incident = city.value.incidents.get(id);
        if (incident) show(incident);
      }}
    >
      #{id}
    </button>
  );
}

