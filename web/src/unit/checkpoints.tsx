/* Checkpoints on the phone: which are near, how they stand, and signing there. A signature is kept on the
 * phone until the engine has it, like everything that is pressed. */

import { effect, signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { http } from '../link/http.ts';
import type { Problem } from '../protocol/frames.ts';
import { anything } from '../protocol/http.ts';
import { checkpoints, type Checkpoint } from '../protocol/patrol.ts';
import { Hourglass } from '../ui/bits.tsx';
import { STAND_SIGN, standOf } from '../ui/checkpoint_stand.ts';
import { clock } from '../ui/format.ts';
import { problemText } from '../ui/problem.ts';
import { forget, session } from '../ui/session.ts';
import { nearest, rounds, type Near, type Round } from './checkpoint_list.ts';
import { t } from './checkpoint_words.ts';
import { Outbox } from './outbox.ts';
import { duty, gps, linkState, loginNeeded, now } from './state.ts';

const AGAIN_MS = 60_000;
/** So long the button says that it was pressed; then it may be pressed again. */
const SIGNED_MS = 60_000;

interface Sign {
  op: 'checkpoint.sign';
  checkpoint: string;
  visit: 'signed';
  device_ms: number;
}

const open = signal(false);
const list = signal<readonly Checkpoint[] | null>(null);
const trouble = signal<string | null>(null);
const waiting = signal<readonly string[]>([]);
/** When it was pressed, by code. */
const signedHere = signal<ReadonlyMap<string, number>>(new Map());

const box = new Outbox<Sign>(
  'kuaifan-unit-signs',
  {
    post: (body) => http('/v1/commands', anything, { method: 'POST', body, token: session.peek()?.token ?? null }),
    now: () => Math.round(now.peek()),
    after(ms, run) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  },
  {
    changed(entries) {
      const had = waiting.peek().length;
      waiting.value = entries.map((entry) => entry.command.checkpoint);
      if (entries.length < had && open.peek()) void ask();
    },
    refused({ command }, problem: Problem) {
      signedHere.value = new Map([...signedHere.peek()].filter(([code]) => code !== command.checkpoint));
      trouble.value = t('refused', { why: problemText(problem) });
    },
    loggedOut() {
      loginNeeded.value = true;
      if (session.peek()) forget('device', 'expired');
    },
  },
);

effect(() => {
  const held = session.value;
  if (held) void box.open(held.user.unit ?? held.user.name);
});
effect(() => {
  if (linkState.value.kind === 'online') box.flush();
});

async function ask(): Promise<void> {
  const reply = await http('/v1/checkpoints', checkpoints, { token: session.peek()?.token ?? null });
  if (reply.ok) list.value = reply.value.checkpoints;
  trouble.value = reply.ok ? trouble.peek() : t('unread', { why: problemText(reply.problem) });
}

function sign(code: string): void {
  trouble.value = null;
  signedHere.value = new Map(signedHere.peek()).set(code, now.peek());
  void box.add({ op: 'checkpoint.sign', checkpoint: code, visit: 'signed', device_ms: Date.now() });
}

export function Checkpoints({ busy }: { busy: boolean }): JSX.Element | null {
  const may = !busy && duty.value?.duty === 'on';
  const shown = open.value && may;
  useEffect(() => {
    if (!shown) return undefined;
    void ask();
    const timer = setInterval(() => void ask(), AGAIN_MS);
    return () => clearInterval(timer);
  }, [shown]);
  const unsent = waiting.value.length;
  if (!may && unsent === 0) return null;
  const near = list.value && nearest(list.value, gps.value.fix);
  return (
    <section class="patrol" aria-label={t('open')}>
      <p class="row">
        {may ? <button type="button" class="secondary" aria-expanded={shown} onClick={() => (open.value = !open.value)}>{t('open')}</button> : null}
        <span role="status">{unsent > 0 ? <><Hourglass /> {t('waits', { n: unsent })}</> : null}</span>
      </p>
      {trouble.value === null ? null : <p class="warn" role="alert">{trouble.value}</p>}
      {shown && near?.length === 0 ? <p class="muted">{t('none')}</p> : null}
      {shown && list.value ? rounds(list.value).map((each) => <RoundLine key={each.route.code} round={each} />) : null}
      {shown && near ? <ul>{near.map((each) => <Line key={each.checkpoint.code} near={each} />)}</ul> : null}
    </section>
  );
}

function RoundLine({ round: { route, name } }: { round: Round }): JSX.Element {
  const stand = standOf(route, now.value);
  return (
    <p class="round">
      <span class={stand === 'overdue' ? 'late' : ''} aria-hidden="true">{STAND_SIGN[stand]}</span>{' '}
      <strong>{route.code}</strong> {route.name} · {t('next', { stop: name })}
      <small class="muted">
        {route.began_ms === null ? '' : `${t('began', { time: clock(route.began_ms).slice(0, 5) })} · `}
        <span class={stand === 'overdue' ? 'late' : ''}>{t(`stand.${stand}`, { time: clock(route.due_ms).slice(0, 5) })}</span>
      </small>
    </p>
  );
}

const asking = signal<string | null>(null);

function Line({ near: { checkpoint, away_m, isThere } }: { near: Near }): JSX.Element {
  const stand = standOf(checkpoint, now.value);
  const isWaiting = waiting.value.includes(checkpoint.code);
  const isSigned = isWaiting || now.value - (signedHere.value.get(checkpoint.code) ?? -Infinity) < SIGNED_MS;
  const isAsked = asking.value === checkpoint.code && !isThere;
  return (
    <li data-checkpoint={checkpoint.code}>
      <span class={stand === 'overdue' ? 'late' : ''} aria-hidden="true">{STAND_SIGN[stand]}</span>
      <span>
        <strong>{checkpoint.code}</strong> {checkpoint.name}
        <small class="muted">
          {away_m === null ? '' : away_m < 950 ? `${t('away', { m: Math.round(away_m / 10) * 10 })} · ` : `${t('away_km', { km: (away_m / 1000).toFixed(1) })} · `}
          <span class={stand === 'overdue' ? 'late' : ''}>{t(`stand.${stand}`, { time: clock(checkpoint.due_ms).slice(0, 5) })}</span>
        </small>
        {isAsked ? <small class="warn">{away_m === null ? t('nowhere') : t('far', { m: Math.round(away_m) })}</small> : null}
      </span>
      <button
        type="button"
        disabled={isSigned}
        onClick={() => {
          if (isThere || isAsked) sign(checkpoint.code);
          asking.value = isThere || isAsked ? null : checkpoint.code;
        }}
      >
        {isSigned ? <>{isWaiting ? <Hourglass /> : '✓'} {t('signed')}</> : t(isAsked ? 'really' : 'sign')}
      </button>
    </li>
  );
}
