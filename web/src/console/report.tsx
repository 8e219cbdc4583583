/* A call being typed in. Type and place are enough; everything else may follow. It is a pane, not a
 * dialog over the work: queue, map and alarms stay in sight and in reach. */

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { http } from '../link/http.ts';
import { fitBytes, TEXT_BYTES, type Command } from '../protocol/commands.ts';
import * as api from '../protocol/http.ts';
import { INCIDENT_TYPES, type IncidentType } from '../protocol/values.ts';
import { Crosshair, Field, PriorityBadge } from '../ui/bits.tsx';
import { duration } from '../ui/format.ts';
import { session } from '../ui/session.ts';
import { isEnded } from './derive.ts';
import { duplicatesOf, type Duplicate } from './duplicates.ts';
import { distanceText } from './recommend.tsx';
import { prefill } from './report_open.ts';
import { city, give, link, now, placing, reporting, say, select, show } from './state.ts';
import { t, word } from './panel_words.ts';

export function ReportForm(): JSX.Element {
  const received = useRef(link.clock.now());
  const type = useSignal<IncidentType>(prefill.value.type ?? 'public_order');
  const priority = useSignal(prefill.value.priority ?? 2);
  const place = useSignal<{ lat: number; lon: number } | null>(null);
  const typed = useSignal({ address: '', phone: '' });
  const form = useRef<HTMLFormElement>(null);
  const firstField = useRef<HTMLInputElement>(null);

  useEffect(() => {
    firstField.current?.focus();
    return () => {
      placing.value = null;
      prefill.value = {};
    };
  }, []);

  const at = place.value;
  const like = duplicatesOf([...city.value.incidents.values()].filter((incident) => !isEnded(incident)), {
    at, address: typed.value.address, phone: typed.value.phone,
  });

  /** The fields keep their own text; what is compared follows the typing. */
  function follow(): void {
    const data = new FormData(form.current!);
    typed.value = { address: String(data.get('address') ?? ''), phone: String(data.get('phone') ?? '') };
  }

  function pick(): void {
    placing.value = (chosen) => {
      place.value = { lat: Number(chosen.lat.toFixed(7)), lon: Number(chosen.lon.toFixed(7)) };
    };
  }

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    if (place.value === null || !form.current) {
      say('bad', t('report.need_place'));
      pick();
      return;
    }
    const data = new FormData(form.current);
    const command: Command & { op: 'report.create' } = {
      op: 'report.create', type: type.value, priority: priority.value, channel: 'phone', ...place.value,
      received_ms: Math.round(received.current), drill: data.has('drill'), merge: !data.has('no_merge'),
    };
    for (const [name, bytes] of [
      ['address', TEXT_BYTES.address], ['caller', TEXT_BYTES.name], ['phone', TEXT_BYTES.phone], ['note', TEXT_BYTES.note],
    ] as const) {
      const text = fitBytes(String(data.get(name) ?? '').trim(), bytes);
      if (text !== '') command[name] = text;
    }
    give(command, (res) => {
      const id = Number(res['incident_id']);
      select(id);
      return t(res['merged'] === true ? 'report.merged' : 'report.done', { id });
    });
    reporting.value = false;
  }

  return (
    <section class="pane report" aria-label={t('report.title')} onKeyDown={(event) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      if (placing.value) placing.value = null;
      else reporting.value = false;
    }}>
      <div class="pane-head">
        <h2>{t('report.title')}</h2>
        <span class="spring" />
        <button type="button" class="ghost" onClick={() => (reporting.value = false)}>{t('common.close')} <kbd>Esc</kbd></button>
      </div>
      <form ref={form} class="report-form" onSubmit={submit} onInput={follow}>
        <fieldset>
          <legend>{t('report.type')}</legend>
          <div class="types">
            {INCIDENT_TYPES.map((name, index) => (
              <label key={name} class={`choice${type.value === name ? ' on' : ''}`}>
                <input
                  ref={index === 0 ? firstField : null}
                  type="radio"
                  name="type"
                  value={name}
                  checked={type.value === name}
                  onChange={() => (type.value = name)}
                />
                {word('type', name)}
              </label>
            ))}
          </div>
        </fieldset>
        <fieldset>
          <legend>{t('report.priority')}</legend>
          <div class="types four">
            {[1, 2, 3, 4].map((level) => (
              <label key={level} class={`choice${priority.value === level ? ' on' : ''}`}>
                <input type="radio" name="priority" value={level} checked={priority.value === level} onChange={() => (priority.value = level)} />
                <PriorityBadge priority={level} />
              </label>
            ))}
          </div>
        </fieldset>
        <fieldset>
          <legend>{t('report.place')}</legend>
          <div class="stack">
            <StreetSearch
              first={prefill.value.street ?? ''}
              chosen={(street) => {
                place.value = { lat: street.lat, lon: street.lon };
                show(street, 16);
                const address = form.current?.elements.namedItem('address');
                if (address instanceof HTMLInputElement && address.value === '') address.value = street.name;
                follow();
              }}
            />
            <div class="row">
              <button type="button" aria-pressed={placing.value !== null} onClick={pick}><Crosshair /> {t('report.pick')}</button>
              <span class={at ? 'good' : 'muted'} role="status">
                {at ? `✓ ${at.lat.toFixed(5)}, ${at.lon.toFixed(5)}` : placing.value ? t('map.pick') : t('report.need_place')}
              </span>
            </div>
          </div>
        </fieldset>
        <Field label={t('report.address')}><input name="address" autocomplete="off" /></Field>
        <div class="two">
          <Field label={t('report.caller')}><input name="caller" autocomplete="off" /></Field>
          <Field label={t('report.phone')}><input name="phone" inputMode="tel" autocomplete="off" /></Field>
        </div>
        <Likely list={like} />
        <Field label={t('report.note')}><textarea name="note" rows={3} /></Field>
        <div class="row">
          <label class="check"><input type="checkbox" name="drill" />{t('report.drill')}</label>
          <label class="check"><input type="checkbox" name="no_merge" />{t('report.no_merge')}</label>
        </div>
        <button type="submit" class="primary submit">{t('report.submit')}</button>
      </form>
    </section>
  );
}

/** What the call may be about already: to ask the caller, before a second car goes. */
function Likely({ list }: { list: readonly Duplicate[] }): JSX.Element {
  return (
    <div class="likely" role="status">
      {list.length > 0 ? <p>{t('report.likely')}</p> : null}
      {list.map(({ incident, distance_m, why }) => (
        <p key={incident.incident_id} class="warn">
          <PriorityBadge priority={incident.priority} />
          <button
            type="button"
            class="link"
            onClick={() => {
              select(incident.incident_id);
              show(incident, 16);
            }}
          >
            {t('detail.title', { id: incident.incident_id })}
          </button>
          <span>{word('type', incident.type)} {incident.address ?? ''}</span>
          <span>{duration(Math.max(0, now.value - (incident.received_ms ?? incident.created_ms ?? now.value)))}</span>
          <strong>{why === 'near' ? distanceText(Math.round(distance_m ?? 0)) : t(`report.same.${why}`)}</strong>
        </p>
      ))}
    </div>
  );
}

function StreetSearch({ first, chosen }: { first: string; chosen: (street: api.Street) => void }): JSX.Element {
  const text = useSignal(first);
  const found = useSignal<readonly api.Street[] | null>(null);
  const at = useSignal(0);
  const asked = useRef<AbortController | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  async function search(query: string): Promise<void> {
    asked.current?.abort();
    if (query.trim().length < 2) {
      found.value = null;
      return;
    }
    const mine = new AbortController();
    asked.current = mine;
    const reply = await http(`/v1/streets?q=${encodeURIComponent(query.trim())}&limit=8`, api.streets, {
      token: session.value?.token ?? null, signal: mine.signal,
    });
    if (mine.signal.aborted) return;
    found.value = reply.ok ? reply.value.streets : [];
    at.value = 0;
  }

  useEffect(() => {
    if (first !== '') void search(first);
    return () => asked.current?.abort();
  }, []);

  function take(street: api.Street | undefined): void {
    if (!street) return;
    chosen(street);
    text.value = street.name;
    found.value = null;
  }

  const list = found.value;
  return (
    <div class="street">
      <Field label={t('report.street')}>
        <input
          role="combobox"
          aria-expanded={list !== null && list.length > 0}
          aria-controls="streets"
          aria-autocomplete="list"
          {...(list && list.length > 0 ? { 'aria-activedescendant': `street-${at.value}` } : {})}
          autocomplete="off"
          value={text.value}
          placeholder={t('report.street_hint')}
          onInput={(event) => {
            text.value = event.currentTarget.value;
            clearTimeout(timer.current);
            timer.current = setTimeout(() => void search(text.value), 120);
          }}
          onKeyDown={(event) => {
            if (!list || list.length === 0 || event.isComposing) return;
            if (event.key === 'ArrowDown') at.value = (at.value + 1) % list.length;
            else if (event.key === 'ArrowUp') at.value = (at.value + list.length - 1) % list.length;
            else if (event.key === 'Enter') take(list[at.value]);
            else return;
            event.preventDefault();
          }}
        />
      </Field>
      <ul id="streets" role="listbox" aria-label={t('report.street')} hidden={list === null || list.length === 0}>
        {(list ?? []).map((street, index) => (
          <li
            key={`${street.name} ${street.lat} ${street.lon}`}
            id={`street-${index}`}
            role="option"
            aria-selected={index === at.value}
            onPointerDown={(event) => {
              event.preventDefault();
              take(street);
            }}
          >
            {street.name}
          </li>
        ))}
      </ul>
      {list !== null && list.length === 0 ? <p class="muted" role="status">{t('report.no_street')}</p> : null}
    </div>
  );
}
