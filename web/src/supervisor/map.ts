/* The map of the record, loaded only where it is shown: cells of the heat, and a replayed moment. The base
 * map is the console's. Not Preact: what it shows is handed in. */

import { GeoJSONSource, Map as GlMap, setWorkerUrl, type FilterSpecification } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import 'maplibre-gl/dist/maplibre-gl.css';
import { baseStyle, OVERLAY_FONT } from '../console/map/style.ts';
import type { Heat, MapInfo } from '../protocol/http.ts';
import type { Sighting } from './past.ts';

setWorkerUrl(workerUrl);

export interface Point {
  id: string;
  lat: number;
  lon: number;
  kind: 'incident' | 'unit';
  label: string;
  hot: boolean;
}

type Collection = { type: 'FeatureCollection'; features: object[] };
const NOTHING: Collection = { type: 'FeatureCollection', features: [] };

export class RecordMap {
  private readonly map: GlMap;
  private ready = false;
  private readonly held = new Map<string, Collection>();

  constructor(box: HTMLElement, info: MapInfo, private readonly dark: boolean, token: () => string | null, lost: () => void) {
    const [w, s, e, n] = info.bounds as [number, number, number, number];
    this.map = new GlMap({
      container: box,
      style: baseStyle(dark, info.id === null ? null : location.origin),
      bounds: [w, s, e, n],
      fitBoundsOptions: { padding: 16 },
      attributionControl: false,
      minZoom: 7,
      maxZoom: 18,
      dragRotate: false,
      fadeDuration: 0,
      canvasContextAttributes: { preserveDrawingBuffer: true }, /* or a printer gets a white sheet */
      transformRequest: (url) =>
        url.startsWith(location.origin) ? { url, headers: { Authorization: `Bearer ${token() ?? ''}` } } : { url },
    });
    this.map.on('load', () => this.dress());
    this.map.on('webglcontextlost', lost);
    this.map.on('error', (event) => console.warn('map:', event.error?.message));
  }

  destroy(): void {
    this.map.remove();
  }

  showHeat(heat: Heat): void {
    const size = heat.cell_e7 / 1e7;
    const most = Math.max(1, ...heat.cells.map((cell) => cell.incidents));
    this.put('heat', heat.cells.map((cell) => ({
      type: 'Feature',
      properties: { late: cell.rows === 0 ? 0 : cell.late / cell.rows, weight: Math.sqrt(cell.incidents / most) },
      geometry: {
        type: 'Polygon',
        coordinates: [[
          [cell.lon, cell.lat], [cell.lon + size, cell.lat], [cell.lon + size, cell.lat + size], [cell.lon, cell.lat + size], [cell.lon, cell.lat],
        ]],
      },
    })));
    this.fit(heat.cells.flatMap((cell) => [cell, { lat: cell.lat + size, lon: cell.lon + size }]));
  }

  showMoment(points: readonly Point[], ways: ReadonlyMap<string, readonly Sighting[]>): void {
    this.put('points', points.map((point) => ({
      type: 'Feature',
      properties: { kind: point.kind, label: point.label, hot: point.hot },
      geometry: { type: 'Point', coordinates: [point.lon, point.lat] },
    })));
    this.put('ways', [...ways].filter(([, way]) => way.length > 1).map(([, way]) => ({
      type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: way.map((each) => [each.lon, each.lat]) },
    })));
  }

  /** Bring them into sight; one place is shown as a neighbourhood. */
  fit(places: readonly { lat: number; lon: number }[]): void {
    if (places.length === 0) return;
    const lats = places.map((place) => place.lat);
    const lons = places.map((place) => place.lon);
    this.map.fitBounds([[Math.min(...lons), Math.min(...lats)], [Math.max(...lons), Math.max(...lats)]], { padding: 40, maxZoom: 15.5, duration: 0 });
  }

  private put(name: string, features: object[]): void {
    const collection: Collection = { type: 'FeatureCollection', features };
    this.held.set(name, collection);
    const source = this.ready ? this.map.getSource(name) : undefined;
    if (source instanceof GeoJSONSource) source.setData(collection as never);
  }

  private dress(): void {
    const ink = this.dark ? '#e9eff5' : '#131c25';
    const halo = this.dark ? '#0d1217' : '#ffffff';
    for (const name of ['heat', 'ways', 'points']) {
      this.map.addSource(name, { type: 'geojson', data: (this.held.get(name) ?? NOTHING) as never });
    }
    this.map.addLayer({
      id: 'heat', type: 'fill', source: 'heat',
      paint: {
        /* from blue (in time) over sand to red (late): told apart by the colour-blind, too */
        'fill-color': ['interpolate', ['linear'], ['get', 'late'], 0, '#2b6cb0', 0.25, '#d9b44a', 0.6, '#b3001b'],
        'fill-opacity': ['interpolate', ['linear'], ['get', 'weight'], 0, 0.3, 1, 0.85],
      },
    });
    this.map.addLayer({ id: 'ways', type: 'line', source: 'ways', paint: { 'line-color': ink, 'line-width': 2, 'line-dasharray': [2, 2], 'line-opacity': 0.8 } });
    const of = (kind: string): FilterSpecification => ['==', ['get', 'kind'], kind];
    this.map.addLayer({
      id: 'units', type: 'circle', source: 'points', filter: of('unit'),
      paint: { 'circle-radius': 6, 'circle-color': this.dark ? '#6db5ff' : '#0a58a8', 'circle-stroke-color': halo, 'circle-stroke-width': 2 },
    });
    this.map.addLayer({
      id: 'incidents', type: 'circle', source: 'points', filter: of('incident'),
      paint: { 'circle-radius': ['case', ['get', 'hot'], 9, 6], 'circle-color': '#b3001b', 'circle-stroke-color': halo, 'circle-stroke-width': 2 },
    });
    this.map.addLayer({
      id: 'labels', type: 'symbol', source: 'points',
      layout: { 'text-field': ['get', 'label'], 'text-font': OVERLAY_FONT, 'text-size': 12, 'text-offset': [0, 1.1], 'text-anchor': 'top', 'text-allow-overlap': false },
      paint: { 'text-color': ink, 'text-halo-color': halo, 'text-halo-width': 1.6 },
    });
    this.ready = true;
  }
}
