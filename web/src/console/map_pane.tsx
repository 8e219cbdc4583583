import { computed, effect, useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { http } from '../link/http.ts';
import * as api from '../protocol/http.ts';
import { StatusGlyph } from '../ui/bits.tsx';
import { STAND_SIGN, STANDS } from '../ui/checkpoint_stand.ts';
import { duration } from '../ui/format.ts';
import { session } from '../ui/session.ts';
import { isDark } from '../ui/theme.ts';
import { webglWorks } from '../ui/webgl.ts';
import { checkpointMarks, watchCheckpoints, type CheckpointMark } from './checkpoints.ts';
import { panels } from './late.ts';
import { gapsByCircle } from './coverage.ts';
import { isEnded } from './derive.ts';
import type { MapView } from './map/view.ts';
import { withPoint } from './roads.ts';
import type { HeldRoute } from './route_plan.ts';
import { routes } from './routes.ts';
import {
  city, fleet, fleetVersion, linkState, mapInfo, noMap, now, placing, select, selected, selectedId, selectedUnit, target, units,
} from './state.ts';
import { isStale } from './header.tsx';
import { closures, drawing, roadsOpen } from './traffic.ts';
import { t, word } from './words.ts';

/** A driver that loses the map twice will do it again: the list stays. */
const LOSSES_MAX = 2;
const PROFILES = ['car', 'emergency', 'motorcycle', 'foot'] as const;
/* Parts of the city, so that what depends on one does not run when another changes. */
const circles = computed(() => city.value.circles);
const incidents = computed(() => city.value.incidents);
type Profile = (typeof PROFILES)[number] | 'off';

export function MapPane(): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<MapView | null>(null);
  const trouble = useSignal<'map.no_webgl' | 'map.lost' | 'map.no_tiles' | null>(null);
  const profile = useSignal<Profile>('car');
  const legend = useSignal(false);
  const listed = useSignal(false);
  const losses = useRef(0);
  const info = mapInfo.value;

  useEffect(() => {
    const element = box.current;
    if (!element || !info) return undefined;
    let gone = false;
    const stops: (() => void)[] = [];
    if (!webglWorks()) {
      trouble.value = 'map.no_webgl';
      listed.value = true;
      return undefined;
    }
    void import('./map/view.ts').then(({ MapView }) => {
      if (gone) return;
      const map = new MapView(element, info, fleet, isDark(), () => session.value?.token ?? null, {
        incident: (id) => select(id),
        unit: (code) => (selectedUnit.value = code),
        place: (at) => {
          if (placing.value === null && drawing.value) {
            drawing.value = withPoint(drawing.value, at);
            return;
          }
          placing.value?.(at);
          placing.value = null;
        },
        lost: (lost) => {
          if (lost) losses.current += 1;
          trouble.value = lost ? 'map.lost' : null;
          if (losses.current >= LOSSES_MAX) listed.value = true;
        },
        noTiles: () => (trouble.value ??= 'map.no_tiles'),
      });
      view.current = map;
      const watch = new ResizeObserver(() => map.resize());
      watch.observe(element);
      stops.push(
        () => watch.disconnect(),
        effect(() => map.setDark(isDark())),
        effect(() => map.setCircles(circles.value.values(), null, gapsByCircle.value)),
        effect(() => map.setIncidents([...incidents.value.values()].filter((i) => !isEnded(i)), selectedId.value)),
        effect(() => {
          void fleetVersion.value;
          void units.value;
          const unit = selectedUnit.value;
          map.unitsChanged(now.peek(), unit === null ? null : fleet.indexOf(unit));
        }),
        effect(() => map.setPlacing(placing.value !== null || drawing.value !== null)),
        effect(() => map.setClosures(closures.value, closureLabel)),
        effect(() => map.setDrawing(drawing.value?.line ?? [])),
        effect(() => map.setRoutes(routes.value.values(), routeLabel)),
        effect(() => map.setCheckpoints(checkpointMarks.value)),
        effect(() => {
          const incident = selectedId.value === null ? undefined : city.peek().incidents.get(selectedId.value);
          if (incident) map.reveal(incident);
        }),
        effect(() => {
          if (target.value) map.show(target.value);
        }),
        effect(() => reach(map, profile.value)),
        () => map.destroy(),
      );
    });
    return () => {
      gone = true;
      for (const stop of stops.reverse()) stop();
      view.current = null;
    };
  }, [info]);

  useEffect(watchCheckpoints, [session.value?.token]);

  const summary = useComputed(() =>
    t('map.summary', { units: city.value.units.size, incidents: [...city.value.incidents.values()].filter((i) => !isEnded(i)).length }));
  const stale = linkState.value.kind !== 'online' || isStale();
  return (
    <section class={`pane map-pane${stale ? ' stale' : ''}`} aria-label={t('map.title')} data-pane="map">
      <div class="map" ref={box} />
      <p class="visually-hidden">{summary}</p>
      <p class="visually-hidden map-ways">{[...closures.value.map(closureLabel), ...[...routes.value.values()].filter(({ line }) => line).map(routeLabel), ...checkpointMarks.value.filter(({ stand }) => stand === 'overdue').map(overdueLabel)].join('; ')}</p>
      {listed.value && panels.value ? <panels.value.NearList /> : null}
      {panels.value ? <panels.value.Closures /> : null}
      {trouble.value ? <p class="map-trouble" role="status">{t(trouble.value)}</p> : null}
      {placing.value ? <p class="map-trouble pick" role="status">{t('map.pick')}</p> : null}
      <div class="map-tools" role="group" aria-label={t('map.title')}>
        <button type="button" aria-label={t('map.zoom_in')} onClick={() => view.current?.zoom(1)}>+</button>
        <button type="button" aria-label={t('map.zoom_out')} onClick={() => view.current?.zoom(-1)}>−</button>
        <button type="button" onClick={() => info && view.current?.fit(info)}>{t('map.fit')}</button>
        <label class="reach">
          <span class="visually-hidden">{t('map.isochrone')}</span>
          <select value={profile.value} title={t('map.isochrone')} onChange={(event) => (profile.value = event.currentTarget.value as Profile)}>
            {PROFILES.map((name) => <option key={name} value={name}>1·3·5 {t(`map.profile.${name}`)}</option>)}
            <option value="off">1·3·5 {t('map.off')}</option>
          </select>
        </label>
        {info?.has_roads ? <ClosuresButton /> : null}
        <button type="button" aria-pressed={listed.value} onClick={() => (listed.value = !listed.value)}>{t('map.list')}</button>
        <button type="button" aria-expanded={legend.value} onClick={() => (legend.value = !legend.value)}>{t('map.legend')}</button>
      </div>
      {legend.value ? <Legend /> : null}
      <p class="attribution">{noMap.value ? t('map.none') : (info?.attribution ?? '')}</p>
    </section>
  );
}

function ClosuresButton(): JSX.Element {
  return (
    <button type="button" aria-expanded={roadsOpen.value} aria-controls="closures" onClick={() => (roadsOpen.value = !roadsOpen.value)}>
      {t('road.button', { n: closures.value.length })}
    </button>
  );
}

/** The roads from which the chosen incident is reached; asked anew when it or the profile changes. */
function reach(map: MapView, profile: Profile): (() => void) | undefined {
  const incident = selected.value;
  const at = incident ? `${incident.lat},${incident.lon}` : '';
  if (at === lastReach.at && profile === lastReach.profile && lastReach.map === map) return undefined;
  Object.assign(lastReach, { at, profile, map });
  map.setReach(null);
  if (!incident || profile === 'off' || isEnded(incident)) return undefined;
  void http(`/v1/isochrone?lat=${incident.lat}&lon=${incident.lon}&profile=${profile}&minutes=1,3,5`, api.isochrone, {
    token: session.peek()?.token ?? null,
  }).then((reply) => {
    if (reply.ok && lastReach.at === at && lastReach.profile === profile) map.setReach(reply.value);
  });
  return undefined;
}

const closureLabel = (item: api.Traffic): string =>
  [item.code, item.speed_kmh === 0 ? t('road.closed') : t('road.kmh', { n: item.speed_kmh })].join(' ');
const routeLabel = (route: HeldRoute): string => t('route.label', { unit: route.unit, time: duration(route.travel_ms) });

const overdueLabel = (mark: CheckpointMark): string => t('legend.checkpoint.overdue', { code: `${mark.code} ${mark.name}` });

const lastReach: { at: string; profile: Profile; map: MapView | null } = { at: '', profile: 'off', map: null };

function Legend(): JSX.Element {
  return (
    <div class="legend">
      <ul>
        {(['available', 'dispatched', 'en_route', 'on_scene', 'out_of_service'] as const).map((status) => (
          <li key={status}><StatusGlyph status={status} /> {word('status', status)}</li>
        ))}
        <li><StatusGlyph status="available" stale /> {t('status.stale')}</li>
      </ul>
      <ul>
        {[1, 3, 5].map((minutes) => (
          <li key={minutes}>
            <svg width="34" height="8" aria-hidden="true"><line x1="1" y1="4" x2="33" y2="4" class={`ring ring${minutes}`} /></svg> {t('tier.label', { tier: minutes })}
          </li>
        ))}
        {(['way', 'barrier'] as const).map((name) => (
          <li key={name}>
            <svg width="34" height="10" aria-hidden="true"><line x1="1" y1="5" x2="33" y2="5" class={`${name} under`} /><line x1="1" y1="5" x2="33" y2="5" class={name} /></svg> {t(`legend.${name}`)}
          </li>
        ))}
      </ul>
      {checkpointMarks.value.length === 0 ? null : (
        <ul>
          {STANDS.map((stand) => <li key={stand} class={stand === 'overdue' ? 'late' : ''}><span aria-hidden="true">{STAND_SIGN[stand]}</span> {t(`legend.checkpoint.${stand}`, { code: '' })}</li>)}
        </ul>
      )}
    </div>
  );
}
