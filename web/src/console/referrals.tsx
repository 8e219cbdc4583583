/* Whom else one asks about an incident: a community centre to mediate, a neighbour for units. */

import { signal, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { http } from '../link/http.ts';
import { list, obj, str, type Of } from '../protocol/check.ts';
import { fitBytes, TEXT_BYTES } from '../protocol/commands.ts';
import type { Event, Incident } from '../protocol/objects.ts';
import { Field } from '../ui/bits.tsx';
import { clock } from '../ui/format.ts';
import { t, word } from '../ui/referral_words.ts';
import { session } from '../ui/session.ts';
import { answersTo, needsText, referralsOf, type Answer, type Referral } from './referrals_of.ts';
import { detail, give, liveEvents, now } from './state.ts';

const centresReply = obj({ centres: list(obj({ code: str, name: str, kind: str })) });
type Centre = Of<typeof centresReply>['centres'][number];

/** Null: not fetched yet. The roster seldom changes: asked for whenever an incident is shown. */
const centres = signal<readonly Centre[] | null>(null);
const unreachable = signal(false);

async function fetchCentres(): Promise<void> {
  const reply = await http('/v1/centres', centresReply, { token: session.value?.token ?? null });
  unreachable.value = !reply.ok;
  if (reply.ok) centres.value = reply.value.centres;
}

const nameOf = (code: string): string => centres.value?.find((centre) => centre.code === code)?.name ?? code;

export function Referrals({ incident, ended }: { incident: Incident; ended: boolean }): JSX.Element | null {
  const id = incident.incident_id;
  const text = useSignal('');
  useEffect(() => void fetchCentres(), [id]);
  const events: readonly Event[] = [...(detail.value?.timeline ?? []), ...liveEvents.value];
  const known = referralsOf(events);
  if (ended && known.length === 0) return null;
  return (
    <section aria-label={t('title')}>
      <h3>{t('title')}</h3>
      <ul class="referrals">
        {known.map((referral) => <Row key={referral.id} referral={referral} text={text.value.trim()} said={() => (text.value = '')} />)}
      </ul>
      {ended ? null : (
        <>
          <Field label={t('text')}>
            <input value={text.value} onInput={(event) => (text.value = event.currentTarget.value)} />
          </Field>
          <Ask incident={incident} text={text.value.trim()} said={() => (text.value = '')} />
        </>
      )}
    </section>
  );
}

function answer(referral: Referral, state: Answer, text: string): void {
  const note = fitBytes(text, TEXT_BYTES.note);
  give(
    {
      op: 'referral.update', referral: referral.id, version: referral.version, state,
      ...(state === 'returned' || state === 'refused' ? { reason: 'not_competent' } : {}),
      ...(state === 'lent' ? { units: fitBytes(text, TEXT_BYTES.address) } : note === '' ? {} : { note }),
    },
    () => t('done', { centre: referral.centre, state: word('state', state) }),
  );
}

function Row({ referral, text, said }: { referral: Referral; text: string; said: () => void }): JSX.Element {
  const answers = answersTo(referral);
  const late = referral.due_ms !== null && now.value > referral.due_ms;
  return (
    <li class={answers.length === 0 ? 'past' : ''}>
      <strong>{nameOf(referral.centre)}</strong>
      <span class="muted">{word('kind', referral.kind)}</span>
      <span class={late ? 'late' : ''}>{word('state', referral.state)}{referral.due_ms === null ? '' : ` · ${t('by', { time: clock(referral.due_ms) })}`}</span>
      <span class="muted">{clock(referral.at_ms)}</span>
      {referral.units === null ? null : <span class="tag">{referral.units}</span>}
      <span class="spring" />
      <span class="row actions" role="group" aria-label={nameOf(referral.centre)}>
        {answers.map((state) => (
          <button
            key={state} type="button" class={state === 'withdrawn' ? 'danger' : ''} disabled={needsText(state) && text === ''}
            onClick={() => {
              answer(referral, state, text);
              said();
            }}
          >
            {state === 'withdrawn' ? t('withdraw') : word('state', state)}
          </button>
        ))}
      </span>
    </li>
  );
}

function Ask({ incident, text, said }: { incident: Incident; text: string; said: () => void }): JSX.Element {
  const chosen = useSignal('');
  const all = centres.value ?? [];
  const centre = all.find((item) => item.code === chosen.value) ?? all[0];
  if (!centre) return <p class="muted" role="status">{unreachable.value ? t('failed') : centres.value === null ? '' : t('none')}</p>;
  return (
    <form
      class="note-form"
      onSubmit={(event) => {
        event.preventDefault();
        const note = fitBytes(text, TEXT_BYTES.note);
        give(
          { op: 'incident.refer', incident: incident.incident_id, generation: incident.generation, centre: centre.code, ...(note === '' ? {} : { note }) },
          () => t('referred', { centre: centre.name }),
        );
        said();
      }}
    >
      <select aria-label={t('centre')} value={centre.code} onChange={(event) => (chosen.value = event.currentTarget.value)}>
        {all.map((item) => <option key={item.code} value={item.code}>{item.name} · {word('kind', item.kind)}</option>)}
      </select>
      <button type="submit">{t(centre.kind === 'community' ? 'divert' : 'ask')}</button>
    </form>
  );
}
