/* An incident's events as a list: when, what, who, from where. */

import type { JSX } from 'preact';
import { t, word, type Values } from '../i18n/index.ts';
import type { Event } from '../protocol/objects.ts';
import { alarmText } from './alarm_text.ts';
import { clock, duration } from './format.ts';
import { Photo, photoSentence } from './photo.tsx';
import * as referral from './referral_words.ts';

function sentence(event: Event, timeZone?: string): string {
  const say = (values: Values): string => t(`event.${event.kind as Exclude<Event['kind'], 'referral.sent' | 'referral.updated' | 'photo.added'>}`, values);
  switch (event.kind) {
    case 'report.received':
      return t(event.report.merged ? 'event.report.merged' : 'event.report.received', {
        id: event.report.report_id, channel: word('channel', event.report.channel),
      });
    case 'decision.made':
      return say({ tier: event.decision.tier, n: event.decision.candidates.length });
    case 'assignment.sent':
      return say({ unit: event.assignment.unit, tier: event.assignment.tier });
    case 'assignment.updated':
      return say({ unit: event.unit, state: word('astate', event.state) }) + why(event.reason) +
        (event.other_id === null ? '' : ` → #${event.other_id}`) + extra(event.note);
    case 'assignment.step':
      return say({ unit: event.unit, step: word('step', event.step) });
    case 'incident.state':
      return say({ state: word('state', event.state) }) + why(event.reason) + extra(event.note);
    case 'incident.noted':
      return say({ note: event.note });
    case 'incident.updated':
      return say({}) + extra([word('type', event.type), `P${event.priority}`, event.address].filter(Boolean).join(' · '));
    case 'tier.verdict':
      return say({ tier: event.tier, verdict: word('verdict', event.verdict) }) +
        (event.elapsed_ms !== null ? ` ${duration(event.elapsed_ms)}` : '');
    case 'unit.duty':
      return say({ unit: event.unit, duty: word('duty', event.duty) });
    case 'alarm.raised':
      return say({ alarm: alarmText(event.alarm) });
    case 'command.refused':
      return say({ reason: word('reason', event.reason) }) +
        extra([event.command, event.unit, event.by, event.by_ms === null ? null : clock(event.by_ms)].filter(Boolean).join(' · '));
    case 'unit.panic':
      return say({ unit: event.unit, place: word('place', event.place), n: event.in_charge });
    case 'panic.widened':
      return say({ unit: event.unit });
    case 'panic.closed':
      return say({ unit: event.unit }) + why(event.reason) + extra(event.note);
    case 'assignment.par':
      return say({ unit: event.unit });
    case 'incident.warned':
      return say({ level: word('level', event.level), text: event.text });
    case 'notice.sent':
      return say({ unit: event.notice.unit, kinds: event.notice.kinds.map((kind) => word('notice', kind)).join(' · ') });
    case 'notice.updated':
      return say({ unit: event.unit, state: word('nstate', event.state) });
    case 'notice.step':
      return say({ unit: event.unit, step: word('step', event.step) });
    case 'district.put':
      return say({ code: event.code });
    case 'circle.put':
      return say({ code: event.circle.code });
    case 'referral.sent':
      return referral.t('sent', { centre: event.referral.centre }) + extra(event.note);
    case 'referral.updated':
      return `${event.centre}: ${referral.word('state', event.state)}` + why(event.reason) + extra(event.units) + extra(event.note);
    case 'photo.added':
      return photoSentence(event, timeZone);
    case 'centre.put':
      return say({ code: event.centre.code });
    case 'plan.put':
      return say({ code: event.plan.code });
    case 'unit.put':
      return say({ code: event.unit.code });
    case 'audit':
      return say({ text: event.text });
    case 'incident.opened':
    case 'incident.archived':
    case 'alarm.acked':
    case 'alarm.cleared':
    case 'alarm.returned':
    case 'districts.cleared':
      return say({});
    case 'alarm.shelved':
      return say({ time: clock(event.until_ms) }) + why(event.reason) + extra(event.note);
    case 'incident.held':
      return say({ time: clock(event.review_ms) }) + why(event.reason) + extra(event.note);
    case 'incident.released':
      return say({}) + extra(event.note);
    case 'incident.reopened':
      return say({}) + why(event.reason) + extra(event.note);
    case 'incident.merged':
      return say({ id: event.incident_id, into: event.into_id }) + extra(event.note);
    case 'incident.owned':
      return t(event.owner === null ? 'event.incident.disowned' : 'event.incident.owned', { name: event.owner ?? event.from ?? '' }) + extra(event.note);
    case 'report.linked':
      return say({ id: event.report_id, from: event.from_id, to: event.incident_id });
    case 'report.answered':
      return say({ id: event.report_id }) + extra(event.note);
    case 'milestone.corrected':
      return say({ unit: event.unit ?? '', state: word('astate', event.milestone), was: clock(event.was_ms), now: clock(event.corrected_ms) }) + extra(event.note);
    case 'policy.put':
      return say({ name: event.name, version: event.version });
  }
}

const why = (reason: string | null): string =>
  reason === null || reason === 'none' ? '' : ` (${word('reason', reason)})`;
const extra = (text: string | null): string => (text ? ` — ${text}` : '');

/** A unit's step that the desk entered says so. */
function sourceWord(event: Event): string {
  return (event.kind === 'assignment.updated' || event.kind === 'notice.updated') && event.source === 'dispatcher'
    ? t('detail.on_behalf')
    : word('source', event.source);
}

export function Timeline({ events, from_ms, timeZone }: {
  events: readonly Event[];
  /** Times are also shown as how long after this. */
  from_ms: number | null;
  timeZone?: string | undefined;
}): JSX.Element {
  return (
    <ol class="timeline">
      {events.map((event) => (
        <li key={event.seq} class={`event-${event.kind.replace('.', '-')}`}>
          <time>{clock(event.at_ms, timeZone)}</time>
          <span class="muted after">{from_ms === null ? '' : `+${duration(event.at_ms - from_ms)}`}</span>
          <span class="what">{sentence(event, timeZone)}{event.kind === 'photo.added' ? <Photo event={event} timeZone={timeZone} /> : null}</span>
          <span class="muted who">
            {event.actor ?? ''}
            {event.source && event.source !== 'system' ? ` · ${sourceWord(event)}` : ''}
          </span>
        </li>
      ))}
    </ol>
  );
}
