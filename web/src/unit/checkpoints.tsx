/* Checkpoints on the phone: which are near, how they stand, and signing there. A signature goes into
 * the line of all that is pressed (state.ts): kept on the phone until the engine has it. */

import { computed, effect, signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { http } from '../link/http.ts';
import { checkpoints, type Checkpoint } from '../protocol/patrol.ts';
import { Hourglass } from '../ui/bits.tsx';
import { STAND_SIGN, standOf } from '../ui/checkpoint_stand.ts';
import { clock } from '../ui/format.ts';
import { problemText } from '../ui/problem.ts';
import { session } from '../ui/session.ts';
import { nearest, rounds, type Near, type Round } from './checkpoint_list.ts';
import { t } from './checkpoint_words.ts';
import { refusals } from './refusals.ts';
import { duty, gps, now, queued, signAt } from './state.ts';
import { distanceText } from './words.ts';

const AGAIN_MS = 60_000;
/** So long the button says that it was pressed; then it may be pressed again. */
const SIGNED_MS = 60_000;

const open = signal(false);
const list = signal<readonly Checkpoint[] | null>(null);
/** Why the list could not be read, if it could not. */
const trouble = signal<string | null>(null);
const waiting = computed(() => queued.value.flatMap(({ command }) => (command.op === 'checkpoint.sign' ? [command.checkpoint] : [])));
/** When it was pressed, by code. */
const signedHere = signal<ReadonlyMap<string, number>>(new Map());

effect(() => {
  const refused = refusals.value.flatMap(({ command }) => (command.op === 'checkpoint.sign' ? [command.checkpoint] : []));
  if (refused.length > 0) signedHere.value = new Map([...signedHere.peek()].filter(([code]) => !refused.includes(code)));
});

let hadWaiting = 0;
effect(() => {
  const isFewer = waiting.value.length < hadWaiting;
  hadWaiting = waiting.value.length;
  if (isFewer && open.peek()) void ask();
});

async function ask(): Promise<void> {
  const reply = await http('/v1/checkpoints', checkpoints, { token: session.peek()?.token ?? null });
  if (reply.ok) list.value = reply.value.checkpoints;
  trouble.value = reply.ok ? null : t('unread', { why: problemText(reply.problem) });
}

function sign(checkpoint: Checkpoint): void {
  signAt(checkpoint);
  signedHere.value = new Map(signedHere.peek()).set(checkpoint.code, now.peek());
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
          {away_m === null ? '' : `${distanceText(away_m)} · `}
          <span class={stand === 'overdue' ? 'late' : ''}>{t(`stand.${stand}`, { time: clock(checkpoint.due_ms).slice(0, 5) })}</span>
        </small>
        {isAsked ? <small class="warn">{away_m === null ? t('nowhere') : t('far', { m: Math.round(away_m) })}</small> : null}
      </span>
      <button
        type="button"
        disabled={isSigned}
        onClick={() => {
          if (isThere || isAsked) sign(checkpoint);
          asking.value = isThere || isAsked ? null : checkpoint.code;
        }}
      >
        {isSigned ? <>{isWaiting ? <Hourglass /> : '✓'} {t('signed')}</> : t(isAsked ? 'really' : 'sign')}
      </button>
    </li>
  );
}
