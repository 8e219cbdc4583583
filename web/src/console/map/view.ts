/* The map itself, without Preact: base map, circles, reach, incidents, units. What it shows is handed in;
 * what is clicked is handed out. Redrawing for positions is rationed, so that lists never wait for it. */

import {
  GeoJSONSource, Map as GlMap, ScaleControl, setWorkerUrl, type FilterSpecification, type LayerSpecification, type MapMouseEvent,
} from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import 'maplibre-gl/dist/maplibre-gl.css';
import type { Circle, Incident } from '../../protocol/objects.ts';
import type { Isochrone, MapInfo, Traffic } from '../../protocol/http.ts';
import type { CheckpointMark } from '../checkpoints.ts';
import type { Fleet } from '../fleet.ts';
import type { Place } from '../roads.ts';
import type { HeldRoute } from '../route_plan.ts';
import { outlines } from './reach.ts';
import { baseStyle, OVERLAY_FONT } from './style.ts';
import { UnitsLayer } from './units_layer.ts';
import { checkpointFeatures, checkpointLayers, closureFeatures, drawingFeatures, routeFeatures, routeLayers, WAY_SOURCES, wayLabels, type Collection } from './ways.ts';

setWorkerUrl(workerUrl);

export interface MapHandlers {
  incident(id: number): void;
  unit(code: string): void;
  /** A click on the ground, with the map in placing mode. */
  place(at: { lat: number; lon: number }): void;
  lost(lost: boolean): void;
  noTiles(): void;
}

const NOTHING: Collection = { type: 'FeatureCollection', features: [] };
/* One hue, told apart by the line; what lies within 1 minute lies within 3 and 5, so the fills add up. */
const RINGS = [
  { minutes: 5, dash: [0.4, 1.6], width: 2.4, fill: 0.05 },
  { minutes: 3, dash: [3, 1.6], width: 2.2, fill: 0.05 },
  { minutes: 1, dash: null, width: 2.6, fill: 0.08 },
] as const;
const NAMES_ALL_ZOOM = 14.5; /* nearer than this every unit in sight has its name */
const FRAME_MS = 1_000 / 60;
const FRAME_GAP_MS_MIN = 100;
const FRAME_GAP_MS_MAX = 3_000;
const CLICK_PX = 16;

export class MapView {
  private readonly map: GlMap;
  private readonly units: UnitsLayer;
  private ready = false;
  private dark: boolean;
  private placing = false;
  private collections = new Map<string, Collection>();
  private chosen: number | null = null;
  private marked: number | null = null;
  private frameCost = 16;
  private lastUnitsMs = 0;
  private waiting: ReturnType<typeof setTimeout> | null = null;
  private nowMs = 0;
  private labelsFor = '';
  private incidents: readonly Incident[] = [];
  private incidentsFor = '';
  private measuring = false;
  /** Where tiles come from; null: the engine has no map. */
  private readonly tiles: string | null;

  constructor(
    box: HTMLElement,
    info: MapInfo,
    private readonly fleet: Fleet,
    dark: boolean,
    token: () => string | null,
    private readonly handlers: MapHandlers,
  ) {
    this.dark = dark;
    this.tiles = info.id === null ? null : location.origin;
    this.units = new UnitsLayer(fleet, dark ? '#ffffff' : '#26303a');
    const [w, s, e, n] = info.bounds as [number, number, number, number];
    this.map = new GlMap({
      container: box,
      style: baseStyle(dark, this.tiles),
      bounds: [w, s, e, n],
      fitBoundsOptions: { padding: 20 },
      attributionControl: false,
      minZoom: 8,
      maxZoom: 19,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      fadeDuration: 0,
      keyboard: true,
      transformRequest: (url) =>
        url.startsWith(location.origin) ? { url, headers: { Authorization: `Bearer ${token() ?? ''}` } } : { url },
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.addControl(new ScaleControl({ maxWidth: 120 }), 'bottom-left');
    this.map.on('load', () => this.dress());
    this.map.on('click', (event) => this.click(event));
    this.map.on('movestart', () => (box.dataset['moving'] = 'true'));
    this.map.on('moveend', () => {
      box.dataset['moving'] = 'false';
      this.schedule(false); /* other names are in sight, and other dots are worth drawing */
    });
    this.map.on('webglcontextlost', () => {
      this.ready = false;
      handlers.lost(true);
    });
    this.map.on('webglcontextrestored', () => {
      handlers.lost(false);
      this.redress();
    });
    this.map.on('error', (event) => {
      const source = (event as { sourceId?: string }).sourceId;
      if (source === 'base') handlers.noTiles();
      else console.warn('map:', event.error);
    });
  }

  destroy(): void {
    if (this.waiting !== null) clearTimeout(this.waiting);
    this.map.remove();
  }

  /** For tests: how many units were in the last batch drawn. */
  get drawnUnits(): number {
    return this.units.drawn;
  }

  setDark(dark: boolean): void {
    if (dark === this.dark) return;
    this.dark = dark;
    this.units.setEdge(dark ? '#ffffff' : '#26303a');
    this.redress();
  }

  private redress(): void {
    this.ready = false;
    this.map.setStyle(baseStyle(this.dark, this.tiles), { diff: false });
    this.map.once('styledata', () => this.dress());
  }

  private dress(): void {
    const ink = this.dark ? '#e9eff5' : '#131c25';
    const halo = this.dark ? '#0d1217' : '#ffffff';
    const blue = this.dark ? '#6db5ff' : '#0a58a8';
    for (const name of ['circles', 'reach', 'incidents', 'labels', ...WAY_SOURCES]) {
      if (!this.map.getSource(name)) {
        this.map.addSource(name, { type: 'geojson', data: (this.collections.get(name) ?? NOTHING) as never });
      }
    }
    const before = this.map.getLayer('road-name') ? 'road-name' : undefined;
    const add = (layer: LayerSpecification, under?: string): void => {
      if (!this.map.getLayer(layer.id)) this.map.addLayer(layer, under);
    };
    add({ id: 'circle-line', type: 'line', source: 'circles', filter: ['==', ['geometry-type'], 'LineString'], paint: {
      'line-color': ['case', ['==', ['get', 'chosen'], true], blue, ['==', ['get', 'gap'], true], '#b3001b', ink],
      'line-opacity': ['case', ['==', ['get', 'chosen'], true], 1, ['==', ['get', 'gap'], true], 0.8, 0.4],
      'line-width': ['case', ['==', ['get', 'chosen'], true], 3, ['==', ['get', 'gap'], true], 2, 1], 'line-dasharray': [4, 2.5],
    } }, before);
    add({
      id: 'circle-name', type: 'symbol', source: 'circles', minzoom: 12, filter: ['==', ['geometry-type'], 'Point'],
      layout: { 'text-field': ['get', 'name'], 'text-font': OVERLAY_FONT, 'text-size': 11, 'text-anchor': 'bottom', 'text-max-width': 16 },
      paint: { 'text-color': ink, 'text-opacity': 0.8, 'text-halo-color': halo, 'text-halo-width': 1.4 },
    });
    for (const ring of RINGS) {
      add({
        id: `reach-fill-${ring.minutes}`, type: 'fill', source: 'reach', filter: ['==', ['get', 'minutes'], ring.minutes],
        paint: { 'fill-color': blue, 'fill-opacity': ring.fill },
      }, before);
    }
    for (const ring of RINGS) {
      add({
        id: `reach-${ring.minutes}`, type: 'line', source: 'reach', filter: ['==', ['get', 'minutes'], ring.minutes],
        layout: { 'line-cap': ring.minutes === 3 ? 'butt' : 'round', 'line-join': 'round' },
        paint: { 'line-color': blue, 'line-opacity': 0.95, 'line-width': ring.width, ...(ring.dash ? { 'line-dasharray': [...ring.dash] } : {}) },
      }, before);
    }
    for (const layer of routeLayers(this.dark)) add(layer, before);
    add({
      id: 'reach-label', type: 'symbol', source: 'reach', minzoom: 11,
      layout: {
        'symbol-placement': 'line', 'symbol-spacing': 260, 'text-field': ['concat', ['to-string', ['get', 'minutes']], '′'], 'text-font': OVERLAY_FONT,
        'text-size': 13, 'text-keep-upright': true,
      },
      paint: { 'text-color': blue, 'text-halo-color': halo, 'text-halo-width': 2.4 },
    });
    for (const layer of [...wayLabels(this.dark), ...checkpointLayers(this.dark)]) add(layer);
    if (!this.map.getLayer('units')) this.map.addLayer(this.units);
    add({
      id: 'unit-labels', type: 'symbol', source: 'labels', minzoom: 12.5,
      layout: { 'text-field': ['get', 'code'], 'text-font': OVERLAY_FONT, 'text-size': 11, 'text-offset': [0, 1.1], 'text-anchor': 'top', 'text-ignore-placement': true, 'text-optional': true },
      paint: { 'text-color': ink, 'text-halo-color': halo, 'text-halo-width': 1.6 },
    });
    add({ id: 'incident-ring', type: 'circle', source: 'incidents', filter: this.chosenFilter(), paint: { 'circle-radius': 19, 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-color': blue, 'circle-stroke-width': 3.5 } });
    add({
      id: 'incident', type: 'circle', source: 'incidents',
      layout: { 'circle-sort-key': ['-', 10, ['get', 'priority']] },
      paint: {
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 10, ['match', ['get', 'priority'], 1, 6.5, 5], 13, ['match', ['get', 'priority'], 1, 13, 11]],
        'circle-color': ['match', ['get', 'priority'], 1, '#b3001b', 2, '#f28c28', 3, '#ffe08a', '#e3e7ec'],
        'circle-stroke-color': ['case', ['==', ['get', 'pending'], true], ink, halo],
        'circle-stroke-width': ['interpolate', ['linear'], ['zoom'], 10, ['case', ['==', ['get', 'pending'], true], 2, 1], 13, ['case', ['==', ['get', 'pending'], true], 3, 1.5]],
      },
    });
    add({
      id: 'incident-text', type: 'symbol', source: 'incidents', minzoom: 11.7,
      layout: { 'text-field': ['concat', 'P', ['to-string', ['get', 'priority']]], 'text-font': OVERLAY_FONT, 'text-size': 11, 'text-allow-overlap': true, 'text-ignore-placement': true },
      paint: { 'text-color': ['match', ['get', 'priority'], 1, '#ffffff', '#000000'] },
    });
    add({
      id: 'incident-label', type: 'symbol', source: 'incidents', minzoom: 13,
      layout: { 'text-field': ['concat', '#', ['to-string', ['get', 'id']]], 'text-font': OVERLAY_FONT, 'text-size': 11, 'text-offset': [0, -1.5], 'text-ignore-placement': true, 'text-optional': true },
      paint: { 'text-color': ink, 'text-halo-color': halo, 'text-halo-width': 1.6 },
    });
    this.ready = true;
    this.drawNow();
  }

  private chosenFilter(): FilterSpecification {
    return ['==', ['get', 'id'], this.chosen ?? -1];
  }

  private put(name: string, collection: Collection): void {
    this.collections.set(name, collection);
    const source = this.ready ? this.map.getSource(name) : undefined;
    if (source instanceof GeoJSONSource) void source.setData(collection as never);
  }

  setIncidents(list: readonly Incident[], chosen: number | null): void {
    this.incidents = list;
    const urgent = chosen !== this.chosen;
    this.chosen = chosen;
    if (urgent && this.ready) this.map.setFilter('incident-ring', this.chosenFilter());
    this.schedule(urgent);
  }

  /** Only if something of it is to be seen: most events change no incident's mark. */
  private drawIncidents(): void {
    const key = this.incidents.map((i) => `${i.incident_id},${i.priority},${i.state === 'pending'},${i.lat},${i.lon}`).join(';');
    if (key === this.incidentsFor) return;
    this.incidentsFor = key;
    this.put('incidents', {
      type: 'FeatureCollection',
      features: this.incidents.map((incident) => ({
        type: 'Feature',
        properties: { id: incident.incident_id, priority: incident.priority, pending: incident.state === 'pending' },
        geometry: { type: 'Point', coordinates: [incident.lon, incident.lat] },
      })),
    });
  }

  /** `gaps`: "✕3·5" by code, where somebody is missing. */
  setCircles(list: Iterable<Circle>, chosen: string | null = null, gaps: ReadonlyMap<string, string> = new Map()): void {
    this.put('circles', {
      type: 'FeatureCollection',
      features: [...list].flatMap((circle) => {
        const ring = outline(circle);
        const properties = {
          name: [gaps.get(circle.code), circle.name].filter(Boolean).join(' '),
          chosen: circle.code === chosen,
          gap: gaps.has(circle.code),
        };
        return [
          { type: 'Feature', properties, geometry: { type: 'LineString', coordinates: ring } },
          { type: 'Feature', properties, geometry: { type: 'Point', coordinates: ring[RING_TOP] } }, /* the name stands on it */
        ];
      }),
    });
  }

  setReach(reach: Isochrone | null): void {
    this.put('reach', reach
      ? {
          type: 'FeatureCollection',
          features: outlines(reach).flatMap(({ minutes, rings }) =>
            rings.map((ring) => ({ type: 'Feature', properties: { minutes }, geometry: { type: 'Polygon', coordinates: [ring] } }))),
        }
      : NOTHING);
  }

  setClosures(closures: readonly Traffic[], label: (item: Traffic) => string): void {
    this.put('closures', closureFeatures(closures, label));
  }

  setDrawing(line: readonly Place[]): void {
    this.put('drawing', drawingFeatures(line));
  }

  setCheckpoints(marks: readonly CheckpointMark[]): void {
    this.put('checkpoints', checkpointFeatures(marks));
  }

  /** The ways of those who are ordered. */
  setRoutes(routes: Iterable<HeldRoute>, label: (route: HeldRoute) => string): void {
    this.put('routes', routeFeatures(routes, label));
  }

  /** Positions or statuses have changed. */
  unitsChanged(now_ms: number, marked: number | null): void {
    const urgent = marked !== this.marked;
    this.nowMs = now_ms;
    this.marked = marked;
    this.schedule(urgent);
  }

  /** Drawn at most so often that the map takes a fifth of the time: on a machine without a GPU a map
   * frame holds up every list. What a person does with the map is not rationed. */
  private schedule(urgent: boolean): void {
    const gap = Math.min(FRAME_GAP_MS_MAX, Math.max(FRAME_GAP_MS_MIN, 4 * this.frameCost));
    const wait = urgent ? 0 : this.lastUnitsMs + gap - performance.now();
    if (wait <= 0) this.drawNow();
    else this.waiting ??= setTimeout(() => this.drawNow(), wait);
  }

  private drawNow(): void {
    if (this.waiting !== null) clearTimeout(this.waiting);
    this.waiting = null;
    this.lastUnitsMs = performance.now();
    if (!this.ready) return;
    this.units.update(this.map.getZoom(), this.nowMs, this.marked);
    this.drawIncidents();
    this.labels();
    this.measure();
    this.map.triggerRepaint();
  }

  /** From the wish to the second frame after it was drawn: then the GPU has caught up, too. */
  private measure(): void {
    if (this.measuring || document.hidden) return;
    this.measuring = true;
    const began = performance.now();
    this.map.once('render', () =>
      requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          const cost = performance.now() - began - 3 * FRAME_MS;
          this.frameCost = this.frameCost * 0.7 + Math.max(1, Math.min(cost, 5_000)) * 0.3;
          this.measuring = false;
        })));
  }

  /** Names of those who are on a job and of the marked one; near enough, of all in sight. */
  private labels(): void {
    const zoom = this.map.getZoom();
    if (zoom < 12) return;
    const seen = zoom >= NAMES_ALL_ZOOM ? this.map.getBounds() : null;
    const features: object[] = [];
    let key = '';
    for (let index = 0; index < this.fleet.size && features.length < 400; index++) {
      const status = this.fleet.status[index]!;
      const code = this.fleet.codes[index];
      const named = (status >= 2 && status <= 4) || index === this.marked;
      if (code == null || !(named || seen)) continue;
      const at = this.fleet.at(index);
      if (!at || !(named || seen?.contains([at.lon, at.lat]))) continue;
      key += `${code}${at.lon.toFixed(5)}${at.lat.toFixed(5)}`;
      features.push({ type: 'Feature', properties: { code }, geometry: { type: 'Point', coordinates: [at.lon, at.lat] } });
    }
    if (key === this.labelsFor) return;
    this.labelsFor = key;
    this.put('labels', { type: 'FeatureCollection', features });
  }

  setPlacing(placing: boolean): void {
    this.placing = placing;
    this.map.getCanvas().style.cursor = placing ? 'crosshair' : '';
  }

  show(at: { lat: number; lon: number; zoom: number }): void {
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.map.easeTo({ center: [at.lon, at.lat], zoom: Math.max(this.map.getZoom(), at.zoom), duration: calm ? 0 : 350 });
  }

  /** Bring a place into sight, if it is not; a view that shows it stays as it is. */
  reveal(at: { lat: number; lon: number }): void {
    const { x, y } = this.map.project([at.lon, at.lat]);
    const { clientWidth: width, clientHeight: height } = this.map.getContainer();
    if (x < width * 0.1 || x > width * 0.9 || y < height * 0.12 || y > height * 0.9) this.show({ ...at, zoom: 0 });
  }

  fit(info: MapInfo): void {
    const [w, s, e, n] = info.bounds as [number, number, number, number];
    this.map.fitBounds([w, s, e, n], { padding: 20, duration: 350 });
  }

  zoom(by: number): void {
    this.map.easeTo({ zoom: this.map.getZoom() + by, duration: 150 });
  }

  pan(x: number, y: number): void {
    this.map.panBy([x, y], { duration: 150 });
  }

  resize(): void {
    this.map.resize();
  }

  private click(event: MapMouseEvent): void {
    if (this.placing) {
      this.handlers.place({ lat: event.lngLat.lat, lon: event.lngLat.lng });
      return;
    }
    const near: [[number, number], [number, number]] = [
      [event.point.x - 6, event.point.y - 6], [event.point.x + 6, event.point.y + 6],
    ];
    const hit = this.ready ? this.map.queryRenderedFeatures(near, { layers: ['incident'] })[0] : undefined;
    if (hit) {
      this.handlers.incident(Number(hit.properties['id']));
      return;
    }
    const index = this.nearestUnit(event.point.x, event.point.y);
    const code = index === null ? null : this.fleet.codes[index];
    if (code) this.handlers.unit(code);
  }

  /** The custom layer has no queries of its own: look for the nearest on the screen. */
  private nearestUnit(x: number, y: number): number | null {
    const here = this.map.unproject([x, y]);
    const beside = this.map.unproject([x + CLICK_PX, y]);
    const mx = (here.lng + 180) / 360;
    const my = 0.5 - Math.asinh(Math.tan((here.lat * Math.PI) / 180)) / (2 * Math.PI);
    let best = Math.abs((beside.lng - here.lng) / 360);
    let found: number | null = null;
    for (let index = 0; index < this.fleet.size; index++) {
      const d = Math.hypot(this.fleet.x[index]! - mx, this.fleet.y[index]! - my);
      if (d < best) {
        best = d;
        found = index;
      }
    }
    return found;
  }
}

const RING_SIDES = 48;
const RING_TOP = RING_SIDES / 4;

function outline(circle: Circle): [number, number][] {
  const lat = (circle.radius_m / 111_195);
  const lon = lat / Math.cos((circle.lat * Math.PI) / 180);
  return Array.from({ length: RING_SIDES + 1 }, (_, i) => {
    const a = (i / RING_SIDES) * 2 * Math.PI;
    return [circle.lon + Math.cos(a) * lon, circle.lat + Math.sin(a) * lat];
  });
}
