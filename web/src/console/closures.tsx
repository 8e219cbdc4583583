/* Road closures beside the map: what is in force, and the form of the one being drawn. */

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { Traffic } from '../protocol/http.ts';
import { clock } from '../ui/format.ts';
import { lengthM, ROAD_PROFILES, type Drawing } from './roads.ts';
import { show } from './state.ts';
import { closures, drawing, lift, putDrawing, roadsOpen, startDrawing, trafficStale } from './traffic.ts';
import { t } from './panel_words.ts';

const CLOSURE_ZOOM = 15;

export function Closures(): JSX.Element | null {
  if (!roadsOpen.value && !drawing.value) return null;
  return (
    <aside id="closures" class="closures" aria-label={t('road.title')}>
      <div class="pane-head">
        <h2>{t('road.title')}</h2>
        <span class="spring" />
        <button
          type="button" class="ghost"
          onClick={() => {
            drawing.value = null;
            roadsOpen.value = false;
          }}
        >
          {t('common.close')}
        </button>
      </div>
      {trafficStale.value ? <p class="warn" role="status">{t('road.stale')}</p> : null}
      {drawing.value ? <Form held={drawing.value} /> : (
        <>
          {closures.value.length === 0 ? <p class="muted">{t('road.none')}</p> : (
            <ul tabIndex={0}>{closures.value.map((item) => <Row key={item.code} item={item} />)}</ul>
          )}
          <button type="button" class="primary" onClick={() => startDrawing()}>{t('road.draw')}</button>
        </>
      )}
    </aside>
  );
}

function Row({ item }: { item: Traffic }): JSX.Element {
  const sure = useSignal(false);
  const middle = item.line[Math.floor(item.line.length / 2)];
  return (
    <li>
      <button type="button" class="link" onClick={() => middle && show({ lon: middle[0], lat: middle[1] }, CLOSURE_ZOOM)}>{item.code}</button>
      <span>
        {item.speed_kmh === 0 ? t('road.closed') : t('road.kmh', { n: item.speed_kmh })} · {t(`road.${item.direction}`)} · {item.profiles.map(profileName).join(' ')}
        {item.note ? <strong class="closure-note">{item.note}</strong> : null}
        <span class="muted closure-note">
          {item.by ? t('road.since', { name: item.by, time: clock(item.since_ms) }) : ''}
          {item.until_ms === null ? '' : ` · ${t('road.until', { time: clock(item.until_ms) })}`} · {t('road.edges', { n: item.edges })}
        </span>
      </span>
      <button
        type="button" class={sure.value ? 'danger' : ''}
        onBlur={() => (sure.value = false)}
        onClick={() => {
          if (sure.value) lift(item.code);
          sure.value = !sure.value;
        }}
      >
        {t(sure.value ? 'road.lift_sure' : 'road.lift')}
      </button>
    </li>
  );
}

function profileName(name: string): string {
  const known = ROAD_PROFILES.find((profile) => profile === name);
  return known ? t(`road.${known}`) : name;
}

function Form({ held }: { held: Drawing }): JSX.Element {
  const set = (change: Partial<Drawing>): void => {
    if (drawing.value) drawing.value = { ...drawing.value, ...change };
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void putDrawing();
      }}
    >
      <p class="row">
        <span role="status">{held.line.length === 0 ? t('road.draw_hint') : t('road.points', { n: held.line.length, m: lengthM(held.line) })}</span>
        <span class="spring" />
        <button type="button" disabled={held.line.length === 0} onClick={() => set({ line: held.line.slice(0, -1) })}>{t('road.undo')}</button>
      </p>
      <div class="two">
        <label class="field">{t('road.code')}<input name="road-code" value={held.code} maxLength={15} autocomplete="off" onInput={(event) => set({ code: event.currentTarget.value })} /></label>
        <label class="field">{t('road.speed')}<input name="road-kmh" inputMode="numeric" placeholder={t('road.closed')} value={held.kmh} onInput={(event) => set({ kmh: event.currentTarget.value })} /></label>
      </div>
      <div class="two">
        <label class="field">{t('road.minutes')}<input name="road-minutes" inputMode="numeric" value={held.minutes} onInput={(event) => set({ minutes: event.currentTarget.value })} /></label>
        <label class="field">
          {t('road.direction')}
          <select name="road-direction" value={held.along ? 'along' : 'both'} onChange={(event) => set({ along: event.currentTarget.value === 'along' })}>
            <option value="both">{t('road.both')}</option>
            <option value="along">{t('road.along')}</option>
          </select>
        </label>
      </div>
      <fieldset class="row">
        <legend class="visually-hidden">{t('road.for')}</legend>
        {ROAD_PROFILES.map((profile) => (
          <label key={profile} class="check">
            <input
              type="checkbox" checked={held.profiles.includes(profile)}
              onChange={(event) => set({ profiles: ROAD_PROFILES.filter((name) => (name === profile ? event.currentTarget.checked : held.profiles.includes(name))) })}
            />
            {t(`road.${profile}`)}
          </label>
        ))}
      </fieldset>
      <label class="field">{t('road.note')}<input name="road-note" maxLength={159} value={held.note} onInput={(event) => set({ note: event.currentTarget.value })} /></label>
      <div class="row">
        <button type="submit" class="primary">{t('road.save')}</button>
        <button type="button" onClick={() => (drawing.value = null)}>{t('common.cancel')}</button>
      </div>
    </form>
  );
}
