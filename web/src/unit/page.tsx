import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { ours } from '../i18n/index.ts';
import { distanceText, t, word } from './words.ts';
import { fitBytes, TEXT_BYTES, type Command } from '../protocol/commands.ts';
import type { Order } from '../protocol/objects.ts';
import { DECLINE_REASONS } from '../protocol/values.ts';
import { Hourglass, LanguageButton, PriorityBadge, StatusGlyph, ThemeButton } from '../ui/bits.tsx';
import { clock, duration, metres } from '../ui/format.ts';
import { problemText } from '../ui/problem.ts';
import { logout, session } from '../ui/session.ts';
import { soundReady, soundStart } from '../ui/sound.ts';
import { dismiss, refusals, type Refused } from './refusals.ts';
import { awake } from './sensors.ts';
import {
  acknowledgeNotices, addNote, askedWell, askSupport, callForHelp, duty, gesture, gps, late, linkState, now, orders, panic, press, queued, sayWell, seen, setDuty, signedNames, start, supported, unheard,
} from './state.ts';
import { mayDecline, nextPress, type Press } from './steps.ts';
import { updateReady, updateNow } from './update.ts';

const LABEL: Record<Press, 'unit.accept' | 'unit.en_route' | 'unit.on_scene' | 'unit.clear' | 'unit.decline'> = {
  acknowledged: 'unit.accept',
  en_route: 'unit.en_route',
  on_scene: 'unit.on_scene',
  cleared: 'unit.clear',
  declined: 'unit.decline',
};

export function UnitPage(): JSX.Element {
  useEffect(start, [session.value?.token]);
  const Later = useSignal<LaterView | null>(null);
  useEffect(() => void import('./later.tsx').then((loaded) => (Later.value = loaded.Later)).catch(() => undefined), []);
  const { order, unit, ended } = orders.value;
  return (
    <div
      class="unit"
      onPointerDown={() => {
        gesture();
        if (!soundReady.value) void soundStart();
      }}
    >
      <Top />
      <OfflineStrip />
      <PanicStrip />
      {refusals.value.map((held, i) => <Refusal key={i} held={held} />)}
      <Notices />
      <Well />
      <main class="unit-main" id="main">
        {order ? (
          <OrderCard key={order.assignment.assignment_id} order={order} />
        ) : (
          <Standby ready={unit !== null} ended={ended ? word('astate', ended.state) : null} />
        )}
      </main>
      {Later.value ? <Later.value order={order} /> : null}
      {order ? <Actions key={order.assignment.assignment_id} order={order} /> : <DutyButton />}
      <Help />
      <Bottom />
    </div>
  );
}

function Top(): JSX.Element {
  const state = linkState.value.kind;
  const unit = orders.value.unit;
  const waiting = queued.value.length;
  return (
    <header class="unit-top">
      <strong class="unit-code">{unit?.code ?? session.value?.user.unit ?? ''}</strong>
      {unit?.synthetic ? <span class="tag">{t('common.synthetic')}</span> : null}
      <span class={`pill ${state}`} role="status">
        <span class="dot" aria-hidden="true" />
        {state === 'online' ? t('link.online') : state === 'stopped' ? t('link.stopped') : t('unit.reconnecting')}
      </span>
      <span class="spring" />
      <span class={waiting > 0 ? 'outbox waiting' : 'outbox'} role="status">
        {waiting > 0 ? <><Hourglass /> {t('unit.queued', { n: waiting })}</> : `✓ ${t('unit.sent_all')}`}
      </span>
    </header>
  );
}

function OfflineStrip(): JSX.Element | null {
  const state = linkState.value;
  if (state.kind === 'stopped' && state.code !== 4500) {
    return (
      <div class="strip" role="alert">
        {word('link.stopped', String(state.code))}
        <button type="button" onClick={() => void logout('device')}>{t('link.reload')}</button>
      </div>
    );
  }
  if (state.kind !== 'waiting') return null;
  return <div class="strip" role="alert">{t('unit.offline')}</div>;
}

const WHAT: Partial<Record<Command['op'], 'unit.help' | 'unit.support' | 'unit.well'>> = {
  'unit.panic': 'unit.help', 'assignment.support': 'unit.support', 'assignment.par': 'unit.well',
};

function whatWas(command: Command): string {
  if (command.op === 'assignment.update' && command.state in LABEL) return t(LABEL[command.state as Press]);
  if (command.op === 'checkpoint.sign') return `${t('unit.sign')} ${command.checkpoint} ${signedNames.get(command.checkpoint) ?? ''}`.trim();
  if (command.op === 'incident.note') return `${t('unit.note')} “${command.note}”`;
  return t(WHAT[command.op] ?? 'units.duty');
}

function Refusal({ held }: { held: Refused }): JSX.Element {
  return (
    <div class="strip refusal" role="alert">
      <span>{t('unit.refused', { what: whatWas(held.command), why: problemText(held.problem) })}</span>
      <button type="button" onClick={() => dismiss(held)}>{t('common.close')}</button>
    </div>
  );
}

/** Over everything until it is acknowledged: a change, a danger, a recall. */
function Notices(): JSX.Element | null {
  const waiting = unheard.value;
  if (waiting.length === 0) return null;
  return (
    <section class="notices" role="alertdialog" aria-modal="true" aria-label={t('unit.notice')}>
      <div class="notices-body">
        {waiting.map((notice) => (
          <article key={`${notice.assignment_id}/${notice.number}`} class={notice.kinds.includes('danger') ? 'notice danger' : 'notice'}>
            <p class="muted">#{notice.incident_id} · {clock(notice.sent_ms)}</p>
            {notice.kinds.map((kind) => <h2 key={kind}>{word('notice', kind)}</h2>)}
            {notice.level === null ? null : <p class="tag big">{word('level', notice.level)}</p>}
            {notice.text === null ? null : <p class="notice-text">{notice.text}</p>}
            {notice.kinds.includes('changed') ? <NewPlace incident_id={notice.incident_id} /> : null}
          </article>
        ))}
      </div>
      <button type="button" class="big acknowledged" autofocus onClick={acknowledgeNotices}>{t('unit.notice.ack')}</button>
    </section>
  );
}

/** On scene for long: one tap says that all is well. */
function Well(): JSX.Element | null {
  if (!askedWell.value || unheard.value.length > 0) return null;
  return (
    <section class="notices" role="alertdialog" aria-modal="true" aria-label={t('unit.well.ask')}>
      <div class="notices-body"><h2>{t('unit.well.ask')}</h2></div>
      <button type="button" class="big acknowledged" autofocus onClick={sayWell}>{t('unit.well')}</button>
    </section>
  );
}

function PanicStrip(): JSX.Element | null {
  const { state, sent } = panic.value;
  if (state === 'none') return null;
  const key = state === 'acknowledged' ? 'unit.help.heard' : sent ? 'unit.help.sent' : 'unit.help.waits';
  return <div class="strip" role="alert">{t(key)}{sent ? null : <> <Hourglass /></>}</div>;
}

const HOLD_MS = 1_500;

/** Held, not tapped: a call for help is no slip of a glove. */
function Help(): JSX.Element {
  const held = useSignal(false);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const begin = (): void => {
    if (timer.current !== null) return;
    held.value = true;
    timer.current = setTimeout(() => {
      end();
      callForHelp();
    }, HOLD_MS);
  };
  const end = (): void => {
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = null;
    held.value = false;
  };
  useEffect(() => end, []);
  return (
    <button
      type="button"
      class={held.value ? 'help held' : 'help'}
      onPointerDown={begin}
      onPointerUp={end}
      onPointerLeave={end}
      onPointerCancel={end}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if (event.key === 'Enter' || event.key === ' ') begin();
      }}
      onKeyUp={end}
      onBlur={end}
    >
      <span>{t('unit.help')}</span>
      <small>{t('unit.help.hold')}</small>
    </button>
  );
}

function NewPlace({ incident_id }: { incident_id: number }): JSX.Element | null {
  const incident = orders.value.order?.incident;
  if (incident?.incident_id !== incident_id) return null;
  return <p class="notice-text">{word('type', incident.type)} · {incident.address ?? `${incident.lat.toFixed(5)}, ${incident.lon.toFixed(5)}`}</p>;
}

function Standby({ ready, ended }: { ready: boolean; ended: string | null }): JSX.Element {
  const held = duty.value;
  if (!ready || !held) return <p class="standby-text" role="status">{t('common.loading')}</p>;
  const key = held.duty === 'on' ? 'unit.standby' : held.duty === 'off' ? 'unit.off' : 'unit.oos';
  return (
    <div class="standby">
      <span class={`standby-mark ${held.duty}`}>
        <StatusGlyph status={held.duty === 'on' ? 'available' : held.duty === 'off' ? 'off_duty' : 'out_of_service'} />
      </span>
      <h1>{t(key)}{held.confirmed ? null : <> <Hourglass /></>}</h1>
      <p class="muted">{t(held.duty === 'on' ? 'unit.standby.hint' : 'unit.off.hint')}</p>
      {ended ? <p class="tag big">{t('unit.closed')} · {ended}</p> : null}
      {soundReady.value ? null : (
        <button type="button" class="sound-ask" onClick={() => void soundStart()}>♪ {t('unit.start')}</button>
      )}
      {updateReady.value ? (
        <button type="button" class="sound-ask" onClick={updateNow}>{t('unit.update')}</button>
      ) : null}
    </div>
  );
}

function OrderCard({ order }: { order: Order }): JSX.Element {
  const { assignment, incident } = order;
  const state = seen.value?.state ?? assignment.state;
  const fresh = state === 'sent' || state === 'delivered';
  const noteText = useSignal('');
  const Way = useSignal<WayView | null>(null);
  const showWay = (): void => {
    if (Way.value) Way.value = null;
    else void import('./way.tsx').then((loaded) => (Way.value = loaded.Way)).catch(() => undefined);
  };
  const fix = gps.value.fix;
  const away = fix ? metres(fix, incident) : null;
  const { call, notes, calls } = orders.value;
  const told = incident.plan && ours(incident.plan);
  return (
    <article class={`card${fresh ? ' fresh' : ''}`} aria-label={t('detail.title', { id: incident.incident_id })}>
      <p class="card-head">
        <PriorityBadge priority={incident.priority} />
        <span class="card-no">#{incident.incident_id}</span>
        <span class="tag">{t('tier.label', { tier: assignment.tier })}</span>
        {incident.drill ? <span class="tag drill">{t('common.drill')}</span> : null}
        {assignment.additional ? <span class="tag">{t('detail.additional')}</span> : null}
      </p>
      <h1 class="card-type">{word('type', incident.type)}</h1>
      <Target order={order} />
      {fresh ? <p class="card-new" role="alert" key={calls}>{t(call === 'resent' ? 'unit.resent' : 'unit.new_order')}</p> : null}
      {!fresh && call === 'changed' ? <p class="warn" role="alert" key={calls}>{t('unit.changed')}</p> : null}
      {fresh && late.value ? <p class="warn">{t('unit.late', { time: age(order) })}</p> : null}
      <p class="card-place">{incident.address ?? (fresh ? t('unit.masked') : t('queue.no_address'))}</p>
      <p class="row">
        {away === null ? null : <span class="muted">{distanceText(away)}</span>}
        <span class="spring" />
        {fresh || state === 'on_scene' ? null : <button type="button" aria-pressed={Way.value !== null} onClick={showWay}>{t('unit.way')}</button>}
        <a class="button" href={`geo:${incident.lat},${incident.lon}?q=${incident.lat},${incident.lon}`}>{t('unit.navigate')}</a>
      </p>
      {Way.value && !fresh ? <Way.value unit={assignment.unit} incident={incident.incident_id} place={`${incident.lat},${incident.lon}`} /> : null}
      {incident.warning ? (
        <p class="card-warning">⚠ {word('level', incident.warning.level)}{incident.warning.text ? `: ${incident.warning.text}` : ''}</p>
      ) : null}
      {told ? <p class="card-note card-plan"><strong>{t('unit.plan')}</strong> {told}</p> : null}
      {incident.note ? <p class="card-note">{incident.note}</p> : null}
      {notes.map((note) => (
        <p key={note.at_ms} class="card-note"><time class="muted">{clock(note.at_ms)}</time> {note.note}</p>
      ))}
      <ol class="steps" aria-label={t('unit.keys')}>
        {(['acknowledged', 'en_route', 'on_scene'] as const).map((step) => {
          const at = assignment[`${step}_ms`];
          return (
            <li key={step} class={at !== null ? 'done' : state === step ? 'now' : ''}>
              <span>{word('astate', step)}</span>
              <time>{at !== null ? clock(at) : state === step ? <Hourglass /> : '—'}</time>
            </li>
          );
        })}
      </ol>
      {fresh ? null : (
        <form
          class="note-form"
          onSubmit={(event) => {
            event.preventDefault();
            addNote(fitBytes(noteText.value.trim(), TEXT_BYTES.note));
            noteText.value = '';
          }}
        >
          <input
            value={noteText.value}
            placeholder={t('unit.note')}
            aria-label={t('unit.note')}
            onInput={(event) => (noteText.value = event.currentTarget.value)}
          />
          <button type="submit" disabled={noteText.value.trim() === ''}>{t('common.send')}</button>
        </form>
      )}
    </article>
  );
}

/** Since it was sent. */
const age = ({ assignment: { sent_ms } }: Order): string => duration(Math.max(0, now.value - (sent_ms ?? now.value)));

/** Photos that wait from before are sent whether or not somebody takes another one: loaded at once, but after the page. */
type LaterView = (about: { order: Order | null }) => JSX.Element | null;

/** The way to the scene is drawn when somebody wants to see it; its code is fetched (and kept) apart. */
type SignOnView = (about: { people: number; done: () => void }) => JSX.Element;

type WayView = (about: { unit: string; incident: number; place: string }) => JSX.Element;

/** Time to the tier's target, then how much over it; once there, nothing runs any more. */
function Target({ order }: { order: Order }): JSX.Element {
  const { received_ms, target_ms } = order.incident;
  const sent = order.assignment.sent_ms ?? received_ms ?? now.value;
  const arrived = order.assignment.on_scene_ms;
  const upto = arrived ?? now.value;
  const begin = received_ms ?? sent;
  const deadline = target_ms === null ? null : begin + target_ms;
  if (deadline === null) return <p class="target">{t('unit.elapsed', { time: duration(upto - sent) })}</p>;
  const left = deadline - upto;
  const share = Math.min(1, Math.max(0, (upto - begin) / Math.max(1, deadline - begin)));
  return (
    <div class={`target${left < 0 ? ' over' : ''}`}>
      <p>
        {left >= 0
          ? t('unit.left', { time: duration(left) })
          : t('unit.over', { time: duration(-left) })}
      </p>
      <progress max={1} value={share} aria-label={t('sup.col.target')} />
    </div>
  );
}

function Actions({ order }: { order: Order }): JSX.Element {
  const asking = useSignal(false);
  const supporting = useSignal(false);
  const confirming = useSignal(false);
  const state = seen.value?.state ?? order.assignment.state;
  const next = nextPress(state);
  const wantsLook = next === 'acknowledged' && late.value;
  if (supporting.value) return <Support close={() => (supporting.value = false)} />;
  if (asking.value) {
    return (
      <section class="unit-actions" aria-label={t('unit.decline')}>
        <h2>{t('unit.decline.why')}</h2>
        <div class="reasons">
          {DECLINE_REASONS.map((reason) => (
            <button
              key={reason}
              type="button"
              onClick={() => {
                press('declined', reason);
                asking.value = false;
              }}
            >
              {word('reason', reason)}
            </button>
          ))}
        </div>
        <button type="button" class="secondary" onClick={() => (asking.value = false)}>{t('common.cancel')}</button>
      </section>
    );
  }
  return (
    <section class="unit-actions">
      {wantsLook && confirming.value ? <h2>{t('unit.late.ask', { time: age(order) })}</h2> : null}
      {next ? (
        <button
          type="button"
          class={`big ${next}`}
          onClick={() => (wantsLook && !confirming.value ? (confirming.value = true) : press(next))}
        >
          {wantsLook && confirming.value ? t('unit.late.accept') : t(LABEL[next])}
          {seen.value?.confirmed === false ? <> <Hourglass /></> : null}
        </button>
      ) : (
        <p class="standby-text" role="status">{word('astate', state)} <Hourglass /></p>
      )}
      <div class="row">
        {state === 'acknowledged' ? (
          <button type="button" class="secondary" onClick={() => press('on_scene')}>{t('unit.on_scene')}</button>
        ) : null}
        {nextPress(state) && state !== 'sent' && state !== 'delivered' ? (
          <button type="button" class="secondary" onClick={() => (supporting.value = true)}>
            {supported.value === order.assignment.assignment_id ? '✓ ' : ''}{t('unit.support')}
          </button>
        ) : null}
        <span class="spring" />
        {mayDecline(state) ? (
          <button type="button" class="secondary" onClick={() => (asking.value = true)}>{t('unit.decline')}</button>
        ) : null}
      </div>
    </section>
  );
}

const SUPPORT = ['people', 'armed', 'medical', 'fire'] as const;

/** Two taps: a slip of a glove rings at nobody's desk, and the desk knows what to send. */
function Support({ close }: { close: () => void }): JSX.Element {
  return (
    <section class="unit-actions" aria-label={t('unit.support')}>
      <h2>{t('unit.support.what')}</h2>
      <div class="reasons">
        {SUPPORT.map((what) => (
          <button
            key={what} type="button"
            onClick={() => {
              askSupport(`${t('unit.support')}: ${t(`unit.support.${what}`)}`);
              close();
            }}
          >
            {t(`unit.support.${what}`)}
          </button>
        ))}
      </div>
      <button type="button" class="secondary" onClick={close}>{t('common.cancel')}</button>
    </section>
  );
}

function DutyButton(): JSX.Element | null {
  const held = duty.value;
  const Form = useSignal<SignOnView | null>(null);
  const open = (): void => void import('./sign_on.tsx').then((loaded) => (Form.value = loaded.SignOn)).catch(() => undefined);
  if (!held) return null;
  const on = held.duty === 'on';
  if (!on && Form.value) return <Form.value people={orders.value.unit?.people ?? 1} done={() => (Form.value = null)} />;
  return (
    <section class="unit-actions">
      <button type="button" class={on ? 'secondary wide' : 'big acknowledged'} onClick={() => setDuty(on ? 'off' : 'on')}>
        {t(on ? 'unit.go_off' : 'unit.go_on')}
      </button>
      {on ? null : (
        <>
          <button type="button" class="secondary wide" onClick={open}>{t('unit.sign_on')}</button>
          <button type="button" class="secondary wide" onClick={() => void logout('device')}>{t('login.logout')}</button>
        </>
      )}
    </section>
  );
}

function Bottom(): JSX.Element {
  const { state, fix } = gps.value;
  const where =
    state === 'ok' && fix
      ? t('unit.gps', { m: Math.round(fix.accuracy_m) })
      : state === 'denied'
        ? t('unit.gps.denied')
        : state === 'insecure'
          ? t('unit.gps.insecure')
          : state === 'wait'
            ? t('unit.gps.wait')
            : t('unit.gps.none');
  return (
    <footer class="unit-bottom">
      <span class={state === 'ok' || state === 'off' ? '' : 'late'}>{where}</span>
      <span>{t(awake.value ? 'unit.awake' : 'unit.awake.off')}</span>
      <span class="spring" />
      <time>{clock(now.value)}</time>
      <LanguageButton />
      <ThemeButton />
    </footer>
  );
}
