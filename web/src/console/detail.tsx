import { useSignal, type Signal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { drawingsPath } from '../protocol/drawings.ts';
import { fitBytes, TEXT_BYTES } from '../protocol/commands.ts';
import type { Assignment, Event, Incident } from '../protocol/objects.ts';
import { ASSIGNMENT_ACTIVE, CLOSE_REASONS, TIERS, WARN_LEVELS, type WarnLevel } from '../protocol/values.ts';
import { Crosshair, PriorityBadge, StatusGlyph } from '../ui/bits.tsx';
import { Drawings } from '../ui/drawings.tsx';
import { clock, duration } from '../ui/format.ts';
import { session } from '../ui/session.ts';
import { Timeline } from '../ui/timeline.tsx';
import { isEnded } from './derive.ts';
import { CirclePlan } from './plan.tsx';
import { TierClock } from './queue.tsx';
import { Referrals } from './referrals.tsx';
import { routes } from './routes.ts';
import {
  assignmentsFor, city, detail, give, handOver, hold, live, liveEvents, merge, now, onBehalf, placing, selected, show,
} from './state.ts';
import { t, word } from './panel_words.ts';

export function Detail(): JSX.Element {
  const incident = selected.value;
  return (
    <section class="pane detail" aria-label={t('help.f4')} data-pane="detail">
      {incident ? <IncidentDetail key={incident.incident_id} incident={incident} /> : <p class="empty">{t('detail.none')}</p>}
    </section>
  );
}

function IncidentDetail({ incident }: { incident: Incident }): JSX.Element {
  const id = incident.incident_id;
  const mine = assignmentsFor(id).toSorted((a, b) => a.assignment_id - b.assignment_id);
  const open = mine.filter((item) => ASSIGNMENT_ACTIVE.has(item.state));
  const ending = useSignal<'close' | 'cancel' | null>(null);
  const circle = incident.circle === null ? null : (city.value.circles.get(incident.circle)?.name ?? incident.circle);
  const ended = isEnded(incident);
  return (
    <>
      <div class="pane-head">
        <PriorityBadge priority={incident.priority} />
        <h2 aria-label={t('detail.title', { id })}>#{id}</h2>
        <span>{word('type', incident.type)}</span>
        <span class={`state st-${incident.state}`}>{word('state', incident.state)}</span>
        {incident.drill ? <span class="tag drill">{t('common.drill')}</span> : null}
        <span class="spring" />
        <button type="button" title={t('detail.center')} aria-label={t('detail.center')} onClick={() => show(incident, 16)}><Crosshair /></button>
        {ended ? null : (
          <>
            <button type="button" aria-expanded={ending.value === 'close'} onClick={() => (ending.value = ending.value === 'close' ? null : 'close')}>
              {t('detail.close')}
            </button>
            <button type="button" class="danger" aria-expanded={ending.value === 'cancel'} onClick={() => (ending.value = ending.value === 'cancel' ? null : 'cancel')}>
              {t('detail.cancel')}
            </button>
          </>
        )}
      </div>
      <div class="detail-body" tabIndex={0} role="group" aria-label={t('detail.title', { id })}>
        <Life incident={incident} ended={ended} />
        {ending.value !== null && !ended ? <Ending incident={incident} open={open.length} ending={ending} /> : null}
        <div class="tier-line">
          {TIERS.map((tier) => (
            <div key={tier} class="tier-box">
              <span class="muted">{t('tier.label', { tier })}</span>
              <TierClock incident={incident} tier={tier} />
              <span class="muted small">
                {incident.tiers[tier].verdict === 'not_asked' ? t('verdict.not_asked') : incident.tiers[tier].elapsed_ms !== null
                  ? duration(incident.tiers[tier].elapsed_ms) : t('tier.wanted', { n: incident.tiers[tier].wanted })}
              </span>
            </div>
          ))}
        </div>
        <dl class="facts">
          <Fact label={t('detail.place')}>
            {incident.address ?? '—'} <span class="muted">{incident.lat.toFixed(5)}, {incident.lon.toFixed(5)}</span>{' '}
            {ended ? null : <MovePlace incident={incident} />}
          </Fact>
          <Fact label={t('detail.circle')}>{circle ?? '—'}{incident.district ? ` · ${city.value.districts.get(incident.district)?.name ?? incident.district}` : ''}{[incident.beat, incident.grid].map((code) => code && ` · ${code}`)}</Fact>
          <Fact label={t('detail.caller')}>{incident.caller ?? '—'} {incident.phone ?? ''}</Fact>
          <Fact label={t('detail.received')}>{clock(incident.received_ms)}{incident.report_count > 1 ? ` · ${t('detail.reports', { n: incident.report_count })}` : ''}</Fact>
          {incident.note ? <Fact label={t('detail.note')}>{incident.note}</Fact> : null}
          {incident.plan === null ? null : <Fact label={t('detail.plan')}><CirclePlan incident={incident} code={incident.plan} /></Fact>}
        </dl>
        {incident.circle === null ? null : <Drawings from={drawingsPath(incident.circle)} />}
        <PanicEnd id={id} />
        {incident.warning ? (
          <p class="warn" role="note">⚠ {word('level', incident.warning.level)}: {incident.warning.text} <time class="muted">{clock(incident.warning.at_ms)}</time></p>
        ) : null}
        {ended ? null : <WarnForm id={id} />}
        <Reports incident={incident} />
        <h3>{t('detail.assignments')}</h3>
        {mine.length === 0 ? <p class="muted">{t('detail.no_assignments')}</p> : null}
        <ul class="assignments">
          {mine.map((assignment) => <AssignmentRow key={assignment.assignment_id} assignment={assignment} />)}
        </ul>
        <Referrals incident={incident} ended={ended} />
        <h3>{t('detail.timeline')}</h3>
        <NoteForm id={id} />
        <LiveTimeline incident={incident} />
      </div>
    </>
  );
}

/** Who has it, whether it waits, and what it may be a duplicate of. */
function Life({ incident, ended }: { incident: Incident; ended: boolean }): JSX.Element {
  const { incident_id: id, owner, state } = incident;
  const me = session.value?.user.name ?? '';
  const similar = incident.similar === null ? undefined : city.value.incidents.get(incident.similar);
  return (
    <p class="row life">
      <span class="muted">{t('detail.owner')}</span> <span>{owner ?? '—'}</span>
      {ended || owner === me ? null : (
        <button type="button" onClick={() => live('claim', id, owner === null ? '' : t('detail.take_over'))}>{t('detail.claim')}</button>
      )}
      {!ended && owner === me ? <button type="button" onClick={() => handOver(id, '')}>{t('detail.give_back')}</button> : null}
      {incident.held_ms !== null ? (
        <>
          <span class="tag">{t('detail.held', { time: clock(incident.review_ms) })}</span>
          <button type="button" onClick={() => live('release', id)}>{t('detail.release')}</button>
        </>
      ) : null}
      {state === 'pending' && incident.held_ms === null ? (
        <button type="button" onClick={() => hold(id, 30)}>{t('detail.hold', { n: 30 })}</button>
      ) : null}
      {state === 'closed' || state === 'cancelled' ? (
        <button type="button" onClick={() => live('reopen', id)}>{t('detail.reopen')}</button>
      ) : null}
      {incident.reopened > 0 ? <span class="tag">{t('detail.reopened', { n: incident.reopened })}</span> : null}
      {incident.duplicate_of !== null ? <span class="tag">{t('detail.duplicate_of', { id: incident.duplicate_of })}</span> : null}
      {!ended && similar && !isEnded(similar) ? (
        <button type="button" title={t('detail.similar_hint')} onClick={() => merge(id, similar.incident_id)}>
          {t('detail.similar', { id: similar.incident_id, type: word('type', similar.type) })}
        </button>
      ) : null}
    </p>
  );
}

/** Each of several reporters is answered; a report that does not belong here opens an incident of its own. */
function Reports({ incident }: { incident: Incident }): JSX.Element | null {
  const held = detail.value;
  if (!held || held.incident.incident_id !== incident.incident_id || held.reports.length === 0) return null;
  const answered = new Map(liveEvents.value.flatMap((event) => (event.kind === 'report.answered' ? [[event.report_id, event.at_ms] as const] : [])));
  return (
    <>
      <h3>{t('detail.reports', { n: held.reports.length })}</h3>
      <ul class="reports">
        {held.reports.map((report) => {
          const at = report.answered_ms ?? answered.get(report.report_id) ?? null;
          return (
            <li key={report.report_id} class="row">
              <span class="muted">{clock(report.received_ms)}</span>
              <span>{report.caller ?? word('channel', report.channel)} {report.phone ?? ''}</span>
              <span class="spring" />
              {at !== null ? <span class="tag">{t('detail.answered', { time: clock(at) })}</span> : (
                <button type="button" onClick={() => give({ op: 'report.answer', report: report.report_id }, () => t('cmd.answered', { id: report.report_id }))}>
                  {t('detail.answer')}
                </button>
              )}
              {held.reports.length > 1 && !isEnded(incident) ? (
                <button type="button" onClick={() => give({ op: 'report.split', report: report.report_id }, () => t('cmd.split', { id: report.report_id }))}>
                  {t('detail.split')}
                </button>
              ) : null}
            </li>
          );
        })}
      </ul>
    </>
  );
}

function Fact({ label, children }: { label: string; children: ComponentChildren }): JSX.Element {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function MovePlace({ incident }: { incident: Incident }): JSX.Element {
  return (
    <button
      type="button"
      class="link"
      onClick={() => {
        placing.value = (at) =>
          give(
            { op: 'incident.update', incident: incident.incident_id, generation: incident.generation, ...at },
            () => t('cmd.moved', { id: incident.incident_id }),
          );
      }}
    >
      {t('report.pick')}
    </button>
  );
}

const NEXT = { sent: 'acknowledged', delivered: 'acknowledged', acknowledged: 'en_route', en_route: 'on_scene', on_scene: 'cleared' } as const;
const STEPS = ['acknowledged', 'en_route', 'on_scene', 'cleared'] as const;

function AssignmentRow({ assignment }: { assignment: Assignment }): JSX.Element {
  const { assignment_id: id, unit, state } = assignment;
  const active = ASSIGNMENT_ACTIVE.has(state);
  const notice = city.value.notices.get(id);
  const next = active ? NEXT[state as keyof typeof NEXT] : null;
  const after = next === null ? [] : STEPS.slice(STEPS.indexOf(next));
  const since = assignment.ended_ms ?? assignment.on_scene_ms ?? assignment.en_route_ms ?? assignment.acknowledged_ms ?? assignment.sent_ms;
  const silent = assignment.wave === 0 && (state === 'sent' || state === 'delivered') && assignment.sent_ms !== null && now.value - assignment.sent_ms > 20_000;
  return (
    <li class={active ? '' : 'past'}>
      <strong>{unit}</strong>
      <span class="muted">{t('tier.label', { tier: assignment.tier })}</span>
      <span class={`status-label${silent ? ' late' : ''}`}>
        <StatusGlyph status={state === 'en_route' ? 'en_route' : state === 'on_scene' ? 'on_scene' : active ? 'dispatched' : 'available'} />
        {word('astate', state)}
        {!active && assignment.reason && assignment.reason !== 'none' ? ` · ${word('reason', assignment.reason)}` : ''}
      </span>
      <span class={silent ? 'late' : 'muted'}>{active && since !== null ? duration(Math.max(0, now.value - since)) : clock(since)}</span>
      {active && assignment.on_scene_ms === null ? <Eta assignment={assignment} /> : null}
      {assignment.late ? <span class="tag">{t('detail.late')}</span> : null}
      {assignment.wave > 0 ? <span class="tag">{t('detail.wave', { n: assignment.wave })}</span> : assignment.additional ? <span class="tag">{t('detail.additional')}</span> : null}
      {assignment.automatic ? <span class="tag">{t('detail.automatic')}</span> : null}
      {notice && notice.state !== 'none' ? (
        <span class={notice.state === 'acknowledged' ? 'tag' : 'tag late'}>
          {notice.kinds.map((kind) => word('notice', kind)).join(' · ')} · {word('nstate', notice.state)}
        </span>
      ) : null}
      {assignment.corrected > 0 ? <span class="tag">{t('detail.corrected', { n: assignment.corrected })}</span> : null}
      {assignment.resent > 0 ? <span class="tag">{t('detail.resent', { n: assignment.resent })}</span> : null}
      <span class="spring" />
      {active ? (
        <span class="row actions" role="group" aria-label={`${t('detail.on_behalf')} ${unit}`}>
          {after.map((step) => (
            <button key={step} type="button" title={`${t('detail.on_behalf')}: ${word('astate', step)}`} onClick={() => onBehalf(id, unit, step)}>
              {word('astate', step)}
            </button>
          ))}
          <button type="button" class="danger" onClick={() => give({ op: 'assignment.recall', assignment: id, reason: 'dispatcher' }, () => t('cmd.recalled', { unit }))}>
            {t('detail.recall')}
          </button>
        </span>
      ) : null}
    </li>
  );
}

/** What was reckoned when it was ordered, and from where it is now. */
function Eta({ assignment: { unit, travel_ms, estimated } }: { assignment: Assignment }): JSX.Element {
  const way = routes.value.get(unit);
  return (
    <>
      {travel_ms === null ? null : <span class="muted">{t('rec.eta')} {estimated ? '≈' : ''}{duration(travel_ms)}</span>}
      {way?.line ? <strong class="way-left">{t('route.left', { time: duration(way.travel_ms), m: way.distance_m ?? 0 })}</strong> : null}
      {way && !way.line && way.version >= 0 ? <span class="muted way-left">{t('route.none')}</span> : null}
    </>
  );
}

/** A supervisor ends the call for help that this incident is about, when a dispatcher has heard it. */
function PanicEnd({ id }: { id: number }): JSX.Element | null {
  const alarm = [...city.value.alarms.values()].find((held) => held.kind === 'panic' && held.incident_id === id);
  const unit = alarm?.unit ?? null;
  if (!alarm || unit === null || alarm.acked_ms === null || session.value?.user.role !== 'supervisor') return null;
  return (
    <p>
      <button type="button" class="danger" onClick={() => give({ op: 'panic.close', unit, reason: 'resolved' }, () => t('cmd.help_ended', { unit }))}>
        {t('detail.help_end', { unit })}
      </button>
    </p>
  );
}

/** Danger that every ordered unit has to acknowledge. */
function WarnForm({ id }: { id: number }): JSX.Element {
  const text = useSignal('');
  const level = useSignal<WarnLevel>('danger');
  return (
    <form
      class="note-form"
      onSubmit={(event) => {
        event.preventDefault();
        const said = fitBytes(text.value.trim(), TEXT_BYTES.note);
        if (said === '') return;
        give({ op: 'incident.warn', incident: id, level: level.value, text: said }, () => t('cmd.warned', { id }));
        text.value = '';
      }}
    >
      <select aria-label={t('detail.warn_level')} value={level.value} onChange={(event) => (level.value = event.currentTarget.value as WarnLevel)}>
        {WARN_LEVELS.map((code) => <option key={code} value={code}>{word('level', code)}</option>)}
      </select>
      <input value={text.value} placeholder={t('detail.warn_hint')} aria-label={t('detail.warn_hint')} onInput={(event) => (text.value = event.currentTarget.value)} />
      <button type="submit" class="danger">{t('detail.warn')}</button>
    </form>
  );
}

/** Closing asks once, in place; open assignments have to be named. */
function Ending({ incident, open, ending }: {
  incident: Incident; open: number; ending: Signal<'close' | 'cancel' | null>;
}): JSX.Element {
  const closing = ending.value === 'close';
  const reason = useSignal<string>(closing ? 'resolved' : 'false_report');
  const note = useSignal('');
  const clearAll = useSignal(false);
  const blocked = closing && open > 0 && !clearAll.value;

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    if (blocked) return;
    const id = incident.incident_id;
    const text = fitBytes(note.value.trim(), TEXT_BYTES.note);
    const with_note = text === '' ? {} : { note: text };
    if (closing) {
      give({ op: 'incident.close', incident: id, reason: reason.value, clear_all: open > 0, ...with_note }, () => t('cmd.closed', { id }));
    } else {
      give({ op: 'incident.cancel', incident: id, reason: reason.value, ...with_note }, () => t('cmd.cancelled', { id }));
    }
    ending.value = null;
  }

  return (
    <form class="ending" onSubmit={submit}>
      <label class="field">
        <span>{t('detail.reason')}</span>
        <select value={reason.value} onChange={(event) => (reason.value = event.currentTarget.value)}>
          {CLOSE_REASONS.map((code) => <option key={code} value={code}>{word('reason', code)}</option>)}
        </select>
      </label>
      <label class="field wide">
        <span>{t('detail.note')}</span>
        <input value={note.value} onInput={(event) => (note.value = event.currentTarget.value)} />
      </label>
      {closing && open > 0 ? (
        <label class="check">
          <input type="checkbox" checked={clearAll.value} onChange={(event) => (clearAll.value = event.currentTarget.checked)} />
          {t('detail.clear_all', { n: open })}
        </label>
      ) : null}
      <span class="spring" />
      <button type="button" onClick={() => (ending.value = null)}>{t('common.cancel')}</button>
      <button type="submit" class={closing ? 'primary' : 'danger'} disabled={blocked}>
        {t(closing ? 'detail.close' : 'detail.cancel')}
      </button>
    </form>
  );
}

function NoteForm({ id }: { id: number }): JSX.Element {
  const box = useRef<HTMLInputElement>(null);
  return (
    <form
      class="note-form"
      onSubmit={(event) => {
        event.preventDefault();
        const text = fitBytes(box.current?.value.trim() ?? '', TEXT_BYTES.note);
        if (text === '' || !box.current) return;
        give({ op: 'incident.note', incident: id, note: text }, () => t('cmd.noted'));
        box.current.value = '';
      }}
    >
      <input ref={box} placeholder={t('detail.note_hint')} aria-label={t('detail.add_note')} />
      <button type="submit">{t('detail.add_note')}</button>
    </form>
  );
}

function LiveTimeline({ incident }: { incident: Incident }): JSX.Element {
  const fetched = detail.value;
  const past: readonly Event[] = fetched?.timeline ?? [];
  const upto = fetched?.seq ?? 0;
  const events = [...past, ...liveEvents.value.filter((event) => event.seq > upto)].reverse();
  if (!fetched && events.length === 0) return <p class="muted" role="status">{t('common.loading')}</p>;
  return <Timeline events={events} from_ms={incident.received_ms} />;
}
