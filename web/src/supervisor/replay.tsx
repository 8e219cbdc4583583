/* Looking back: the board at any second, for one incident or for a whole shift, with a slider. The board is
 * the engine's own replay of the record; from there on the page plays the log with the live reducer. */

import type { JSX } from 'preact';
import { useCallback, useEffect, useMemo } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { http } from '../link/http.ts';
import * as api from '../protocol/http.ts';
import type { Assignment, Incident } from '../protocol/objects.ts';
import { ASSIGNMENT_ACTIVE, TIERS } from '../protocol/values.ts';
import { PriorityBadge, StatusLabel } from '../ui/bits.tsx';
import { clock, dateTime, duration } from '../ui/format.ts';
import { problemText } from '../ui/problem.ts';
import { session } from '../ui/session.ts';
import { Timeline } from '../ui/timeline.tsx';
import { incidentOf } from '../store/about.ts';
import type { City } from '../store/city.ts';
import { change, failure, filter, past, timeZone } from './data.ts';
import { localOf } from './filter.ts';
import type { Point, RecordMap } from './map.ts';
import { MapBox } from './map_box.tsx';
import { cityAt, sightings, waysAt } from './past.ts';
import { t, word } from './words.ts';

const HOUR_MS = 3_600_000;
const BEFORE_MS = 1_000; /* of an incident's replay: the moment before it was reported */
const AFTER_MS = 60_000;
const DAY_MS = 24 * HOUR_MS;
const SPEEDS = [1, 4, 16, 60] as const;
const FRAME_MS = 100;

const token = (): string | null => session.value?.token ?? null;

export function Replay(): JSX.Element {
  const now = filter.value;
  const zone = timeZone();
  useEffect(() => {
    if (now.incident !== '') void askIncident(Number(now.incident));
    else if (now.at !== '') void past.ask(`/v1/board?at=${now.at}`);
  }, [now.incident, now.at, session.value?.token]);
  const held = past.value.value;
  return (
    <>
      <form
        class="row replay-form"
        onSubmit={(event) => {
          event.preventDefault();
          const data = new FormData(event.currentTarget);
          change({ at: String(data.get('at') ?? ''), incident: String(data.get('incident') ?? '').trim() });
        }}
      >
        <label class="inline">{t('sup.replay.at')} <input type="datetime-local" step={1} name="at" key={now.at} defaultValue={now.at} /></label>
        <label class="inline">{t('sup.replay.incident')} <input name="incident" inputMode="numeric" pattern="[0-9]{0,10}" key={now.incident} defaultValue={now.incident} autocomplete="off" /></label>
        <button type="submit" class="primary">{t('sup.replay.show')}</button>
        <span class="muted">{t('sup.replay.note')}</span>
      </form>
      {held === null ? <p class="empty">{t('sup.replay.choose')}</p> : (
        <Player key={`${held.at_ms}/${now.incident}`} held={held} incident={now.incident === '' ? null : Number(now.incident)} zone={zone} />
      )}
    </>
  );
}

/** From just before it was reported until it was over, at most a day. */
async function askIncident(id: number): Promise<void> {
  const reply = await http(`/v1/incidents/${id}`, api.incidentDetail, { token: token() });
  if (!reply.ok) {
    failure.value = reply.status === 404 ? t('sup.replay.unknown', { id }) : problemText(reply.problem);
    return;
  }
  const events = reply.value.timeline;
  const first = events[0];
  const last = events[events.length - 1];
  if (!first || !last) return;
  const start = first.at_ms - BEFORE_MS;
  await past.ask(`/v1/board?at=${start}&until=${Math.min(last.at_ms + AFTER_MS, start + DAY_MS)}`);
}

function Player({ held, incident, zone }: { held: api.PastBoard; incident: number | null; zone: string | undefined }): JSX.Element {
  const mine = useMemo(
    () => (incident === null ? held.log.events : held.log.events.filter((event) => incidentOf(event) === incident)),
    [held, incident],
  );
  const at = useSignal(held.at_ms);
  const playing = useSignal(false);
  const speed = useSignal<number>(16);
  useEffect(() => {
    if (!playing.value) return undefined;
    const timer = setInterval(() => {
      at.value = Math.min(held.until_ms, at.value + FRAME_MS * speed.value);
      if (at.value >= held.until_ms) playing.value = false;
    }, FRAME_MS);
    return () => clearInterval(timer);
  }, [playing.value, speed.value, held]);
  const moment = at.value;
  const city = useMemo(() => cityAt(held, moment), [held, moment]);
  const seen = useMemo(() => sightings(mine), [mine]);
  const heard = useMemo(() => mine.filter((event) => event.at_ms <= moment), [mine, moment]);
  const step = (way: 1 | -1): void => {
    const next = way > 0 ? mine.find((event) => event.at_ms > at.value) : [...mine].reverse().find((event) => event.at_ms < at.value);
    if (next) at.value = next.at_ms;
  };
  const length = held.until_ms - held.at_ms;
  return (
    <div class="player">
      <div class="row controls">
        <button type="button" class="primary" aria-pressed={playing.value} onClick={() => (playing.value = !playing.value)}>
          {playing.value ? t('sup.replay.pause') : t('sup.replay.play')}
        </button>
        {SPEEDS.map((each) => (
          <button key={each} type="button" aria-pressed={speed.value === each} onClick={() => (speed.value = each)}>{each}×</button>
        ))}
        <button type="button" onClick={() => step(-1)}>{t('sup.replay.back')}</button>
        <button type="button" onClick={() => step(1)}>{t('sup.replay.next')}</button>
        <input
          type="range" min={0} max={length} step={1000} value={moment - held.at_ms} aria-label={t('sup.replay.slider')}
          aria-valuetext={dateTime(moment, zone)}
          onInput={(event) => {
            playing.value = false;
            at.value = held.at_ms + Number(event.currentTarget.value);
          }}
        />
        <output class="moment" data-ms={moment}>{dateTime(moment, zone)}</output>
        {incident === null ? (
          <button type="button" onClick={() => change({ at: localOf(held.until_ms, zone) })}>{t('sup.replay.later')}</button>
        ) : null}
      </div>
      {held.truncated ? <p class="warn">{t('sup.replay.truncated', { time: clock(held.log.events[held.log.events.length - 1]?.at_ms, zone) })}</p> : null}
      <div class="sup-replay">
        <Board city={city} incident={incident} zone={zone} moment={moment} />
        <Where city={city} incident={incident} ways={waysAt(seen, moment)} places={held} />
        <section class="pane box" aria-label={t('sup.replay.events')}>
          <h2>{t('sup.replay.events')}</h2>
          <div class="incident-body" tabIndex={0} role="group" aria-label={t('sup.replay.events')}>
            <Timeline events={heard.slice(-200)} from_ms={incident === null ? null : (mine[0]?.at_ms ?? null)} timeZone={zone} />
          </div>
        </section>
      </div>
    </div>
  );
}

const isOpen = (incident: Incident): boolean => incident.state !== 'closed' && incident.state !== 'cancelled';

function Board({ city, incident, zone, moment }: { city: City; incident: number | null; zone: string | undefined; moment: number }): JSX.Element {
  const shown = [...city.incidents.values()]
    .filter((each) => (incident === null ? isOpen(each) : each.incident_id === incident))
    .sort((a, b) => a.priority - b.priority || a.incident_id - b.incident_id);
  const orders = new Map<number, Assignment[]>();
  for (const each of city.assignments.values()) {
    if (ASSIGNMENT_ACTIVE.has(each.state) || incident !== null) orders.set(each.incident_id, [...(orders.get(each.incident_id) ?? []), each]);
  }
  const statuses = new Map<string, number>();
  for (const unit of city.units.values()) statuses.set(unit.status, (statuses.get(unit.status) ?? 0) + 1);
  return (
    <section class="pane box" aria-label={t('sup.replay.board')}>
      <h2>{t('sup.replay.board')} · {t('sup.replay.open', { n: shown.length })}</h2>
      <p class="statuses">
        {(['available', 'dispatched', 'en_route', 'on_scene', 'out_of_service', 'off_duty'] as const).map((status) => (
          <span key={status} data-status={status}><StatusLabel status={status} /> {statuses.get(status) ?? 0}</span>
        ))}
      </p>
      <div class="scroll board-scroll" tabIndex={0} role="group" aria-label={t('sup.replay.board')}>
        <table class="summary board">
          <thead>
            <tr>
              <th scope="col">{t('queue.col.id')}</th>
              <th scope="col">{t('queue.col.type')}</th>
              <th scope="col">{t('sup.col.state')}</th>
              <th scope="col">{t('detail.received')}</th>
              <th scope="col">{t('sup.replay.tiers')}</th>
              <th scope="col">{t('sup.replay.orders')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((each) => (
              <tr key={each.incident_id} data-incident={each.incident_id} data-state={each.state}>
                <th scope="row"><button type="button" class="link" onClick={() => change({ incident: String(each.incident_id), at: '' })}>#{each.incident_id}</button></th>
                <td><PriorityBadge priority={each.priority} /> {word('type', each.type)} {each.drill ? <span class="tag drill">{t('common.drill')}</span> : null}<br /><span class="muted">{each.address ?? ''}</span></td>
                <td>{word('state', each.state)}</td>
                <td>{clock(each.received_ms, zone)}</td>
                <td>{TIERS.filter((tier) => each.tiers[tier].verdict !== 'not_asked').map((tier) => (
                  <div key={tier} data-tier={tier} data-verdict={each.tiers[tier].verdict}>
                    {t('tier.label', { tier })} {word('verdict', each.tiers[tier].verdict)}
                    {each.tiers[tier].verdict === 'open' && each.tiers[tier].deadline_ms !== null ? ` ${duration(each.tiers[tier].deadline_ms - moment)}` : ''}
                  </div>
                ))}</td>
                <td>{(orders.get(each.incident_id) ?? []).map((order) => (
                  <div key={order.assignment_id} data-unit={order.unit} data-astate={order.state}>{order.unit} {word('astate', order.state)}</div>
                ))}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {shown.length === 0 ? <p class="empty">{t('sup.replay.none_open')}</p> : null}
      </div>
    </section>
  );
}

function Where({ city, incident, ways, places }: {
  city: City;
  incident: number | null;
  ways: ReturnType<typeof waysAt>;
  places: api.PastBoard;
}): JSX.Element {
  const points: Point[] = [];
  for (const each of city.incidents.values()) {
    if (incident === null ? isOpen(each) : each.incident_id === incident) {
      points.push({ id: String(each.incident_id), lat: each.lat, lon: each.lon, kind: 'incident', label: `#${each.incident_id}`, hot: each.priority === 1 });
    }
  }
  for (const [unit, way] of ways) {
    const last = way[way.length - 1]!;
    points.push({ id: unit, lat: last.lat, lon: last.lon, kind: 'unit', label: unit, hot: false });
  }
  const drawn = JSON.stringify(points);
  const show = useCallback((map: RecordMap) => map.showMoment(points, ways), [drawn]);
  const fit = useCallback((map: RecordMap) => {
    map.fit(sightings(places.log.events));
    map.showMoment(points, ways);
  }, [places]);
  const first = useSignal(true);
  useEffect(() => {
    first.value = false;
  }, [places]);
  return (
    <section class="pane box" aria-label={t('sup.replay.map')}>
      <h2>{t('sup.replay.map')}</h2>
      <MapBox show={first.value ? fit : show} label={t('sup.replay.map')} />
      <p class="muted">{t('sup.replay.places')}</p>
    </section>
  );
}
