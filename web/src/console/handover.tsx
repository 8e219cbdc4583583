/* What the next shift has to know, gathered from what is so now; a note of one's own goes on top. */

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { Field, PriorityBadge } from '../ui/bits.tsx';
import { clock, dateTime, duration } from '../ui/format.ts';
import { session } from '../ui/session.ts';
import { lineText } from './alarm_line.tsx';
import type { AlarmLine } from './alarms.ts';
import { handoverOf, type Handover as Handed } from './derive.ts';
import { city, handingOver, now, say, select } from './state.ts';
import { t, word } from './panel_words.ts';

export function Handover(): JSX.Element {
  const note = useSignal('');
  const handed = handoverOf(city.value, now.value);
  return (
    <aside class="sheet handover" aria-label={t('handover.title')}>
      <div class="pane-head">
        <h2>{t('handover.title')}</h2>
        <span class="muted">{dateTime(now.value)}</span>
        <span class="spring" />
        <button type="button" onClick={() => void copy(textOf(handed, note.value))}>{t('handover.copy')}</button>
        <button type="button" onClick={() => print()}>{t('handover.print')}</button>
        <button type="button" class="ghost" onClick={() => (handingOver.value = false)}>{t('common.close')}</button>
      </div>
      <div class="sheet-body" tabIndex={0} role="group" aria-label={t('handover.title')}>
        <Field label={t('handover.note')}>
          <textarea rows={3} value={note.value} onInput={(event) => (note.value = event.currentTarget.value)} />
        </Field>
        <h3>{t('handover.open', { n: handed.open.length })}</h3>
        <ul>
          {handed.open.map(({ incident, late, active }) => (
            <li key={incident.incident_id}>
              <time>{clock(incident.received_ms ?? incident.created_ms)}</time>
              <PriorityBadge priority={incident.priority} />
              <span class="what">
                <button type="button" class="link" onClick={() => select(incident.incident_id)}>#{incident.incident_id}</button>{' '}
                {word('type', incident.type)} {incident.address ?? ''}
              </span>
              <span class={late ? 'late' : 'muted'}>{word('state', incident.state)}{late ? ` · ${word('verdict', 'missed')}` : ''}</span>
              <span class="muted">{active.join(' ')}</span>
            </li>
          ))}
        </ul>
        <h3>{t('handover.alarms', { n: handed.alarms.length })}</h3>
        <ul>
          {handed.alarms.map((line) => (
            <li key={line.first.alarm_id}>
              <time>{clock(line.first.raised_ms)}</time>
              <span />
              <span class="what">{lineText(line)}{aboutText(line)}</span>
              <span class="muted">{line.first.acked_by ?? t('alarm.nobody')}</span>
              <span />
            </li>
          ))}
        </ul>
        <h3>{t('handover.out', { n: handed.out.length })}</h3>
        <ul>
          {handed.out.map((unit) => (
            <li key={unit.code}>
              <time>{unit.status_ms === null ? '' : duration(Math.max(0, now.value - unit.status_ms))}</time>
              <span />
              <span class="what">{unit.code} {unit.name}</span>
              <span class="muted">{word('kind', unit.kind)}</span>
              <span />
            </li>
          ))}
        </ul>
      </div>
    </aside>
  );
}

const aboutText = ({ first, all }: AlarmLine): string => (all.length > 1 || first.incident_id === null ? '' : ` #${first.incident_id}`);

/** The same as plain text, for the log book or a message. */
function textOf(handed: Handed, note: string): string {
  return [
    `${t('handover.title')} ${dateTime(now.value)} ${session.value?.user.display ?? ''}`,
    note.trim(),
    t('handover.open', { n: handed.open.length }),
    ...handed.open.map(({ incident, late, active }) =>
      `  P${incident.priority} #${incident.incident_id} ${word('type', incident.type)} ${incident.address ?? ''} ${word('state', incident.state)}${late ? ` ${word('verdict', 'missed')}` : ''} ${active.join(' ')}`.trimEnd()),
    t('handover.alarms', { n: handed.alarms.length }),
    ...handed.alarms.map((line) => `  ${clock(line.first.raised_ms)} ${lineText(line)}${aboutText(line)} ${line.first.acked_by ?? t('alarm.nobody')}`),
    t('handover.out', { n: handed.out.length }),
    ...handed.out.map((unit) => `  ${unit.code} ${unit.name}`),
  ].filter((line) => line !== '').join('\n');
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say('ok', t('handover.copied'));
  } catch {
    say('bad', t('handover.not_copied'));
  }
}
