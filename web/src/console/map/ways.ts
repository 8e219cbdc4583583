/* Layers of closed roads, of the road being drawn, and of the ways of those who are ordered. */

import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import type { Traffic } from '../../protocol/http.ts';
import type { Place } from '../roads.ts';
import type { CheckpointMark } from '../checkpoints.ts';
import type { HeldRoute } from '../route_plan.ts';
import { OVERLAY_FONT } from './style.ts';

export type Collection = { type: 'FeatureCollection'; features: object[] };
export const WAY_SOURCES = ['closures', 'drawing', 'routes', 'checkpoints'] as const;

const collection = (features: object[]): Collection => ({ type: 'FeatureCollection', features });
const shape = (line: readonly Place[]): object =>
  line.length === 1 ? { type: 'Point', coordinates: line[0] } : { type: 'LineString', coordinates: line };

export function closureFeatures(closures: readonly Traffic[], label: (item: Traffic) => string): Collection {
  return collection(closures.map((item) => ({
    type: 'Feature', properties: { label: label(item), closed: item.speed_kmh === 0 }, geometry: shape(item.line),
  })));
}

export function drawingFeatures(line: readonly Place[]): Collection {
  const points = line.map((at) => ({ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: at } }));
  return collection(line.length > 1 ? [{ type: 'Feature', properties: {}, geometry: shape(line) }, ...points] : points);
}

export function routeFeatures(routes: Iterable<HeldRoute>, label: (route: HeldRoute) => string): Collection {
  return collection([...routes].flatMap((route) =>
    route.line && route.line.length > 1
      ? [{ type: 'Feature', properties: { label: label(route) }, geometry: { type: 'LineString', coordinates: route.line } }]
      : []));
}

export function checkpointFeatures(marks: readonly CheckpointMark[]): Collection {
  return collection(marks.map(({ code, sign, stand, lat, lon }) => ({
    type: 'Feature', properties: { sign, label: code, overdue: stand === 'overdue' }, geometry: { type: 'Point', coordinates: [lon, lat] },
  })));
}

/** Overdue ones are seen from afar, the others where patrols are looked at; a unit or an incident lies over them. */
export function checkpointLayers(dark: boolean): LayerSpecification[] {
  const ink = dark ? '#e9eff5' : '#131c25';
  const edge = dark ? '#0d1217' : '#ffffff';
  const late = dark ? '#ff8f8f' : '#b3001b';
  const colour: ExpressionSpecification = ['case', ['get', 'overdue'], late, ink];
  const paint = { 'text-color': colour, 'text-halo-color': edge, 'text-halo-width': 2 };
  const sign = { 'text-field': ['get', 'sign'], 'text-font': OVERLAY_FONT, 'text-allow-overlap': true, 'text-ignore-placement': true };
  return [
    { id: 'checkpoint', type: 'symbol', source: 'checkpoints', minzoom: 11.5, filter: ['!', ['get', 'overdue']], layout: { ...sign, 'text-size': 15 }, paint },
    { id: 'checkpoint-overdue', type: 'symbol', source: 'checkpoints', filter: ['get', 'overdue'], layout: { ...sign, 'text-size': 19 }, paint },
    {
      id: 'checkpoint-name', type: 'symbol', source: 'checkpoints', minzoom: 13,
      layout: { 'text-field': ['get', 'label'], 'text-font': OVERLAY_FONT, 'text-size': 11, 'text-offset': [0, 0.9], 'text-anchor': 'top', 'text-ignore-placement': true, 'text-optional': true },
      paint,
    },
  ] as LayerSpecification[];
}

/* Red is for alarms: a barrier is a band of ink and ground, a way is blue with an edge of ground. */
export function routeLayers(dark: boolean): LayerSpecification[] {
  const edge = dark ? '#0d1217' : '#ffffff';
  const way = dark ? '#7cc8ff' : '#1d3fb8';
  const line = { 'line-cap': 'round', 'line-join': 'round' } as const;
  return [
    { id: 'route-edge', type: 'line', source: 'routes', layout: line, paint: { 'line-color': edge, 'line-width': 8 } },
    { id: 'route', type: 'line', source: 'routes', layout: line, paint: { 'line-color': way, 'line-width': 4.5 } },
  ];
}

export function wayLabels(dark: boolean): LayerSpecification[] {
  const ink = dark ? '#e9eff5' : '#131c25';
  const edge = dark ? '#0d1217' : '#ffffff';
  const way = dark ? '#7cc8ff' : '#1d3fb8';
  const text = { 'text-color': ink, 'text-halo-color': edge, 'text-halo-width': 2 };
  const isPoint = ['==', ['geometry-type'], 'Point'] as const;
  const isLine = ['==', ['geometry-type'], 'LineString'] as const;
  return [
    { id: 'closure-edge', type: 'line', source: 'closures', filter: [...isLine], layout: { 'line-cap': 'butt' }, paint: { 'line-color': ink, 'line-width': 8 } },
    { id: 'closure', type: 'line', source: 'closures', filter: [...isLine], layout: { 'line-cap': 'butt' }, paint: { 'line-color': edge, 'line-width': 5, 'line-dasharray': [1.2, 1.2] } },
    { id: 'closure-point', type: 'circle', source: 'closures', filter: [...isPoint], paint: { 'circle-radius': 8, 'circle-color': edge, 'circle-stroke-color': ink, 'circle-stroke-width': 3 } },
    {
      id: 'closure-cross', type: 'symbol', source: 'closures', filter: [...isPoint],
      layout: { 'text-field': ['case', ['get', 'closed'], '✕', '!'], 'text-font': OVERLAY_FONT, 'text-size': 13, 'text-allow-overlap': true, 'text-ignore-placement': true },
      paint: { 'text-color': ink },
    },
    {
      id: 'closure-name', type: 'symbol', source: 'closures', filter: [...isLine], minzoom: 12,
      layout: { 'symbol-placement': 'line-center', 'text-rotation-alignment': 'viewport', 'text-field': ['get', 'label'], 'text-font': OVERLAY_FONT, 'text-size': 12, 'text-offset': [0, -1.1], 'text-ignore-placement': true, 'text-allow-overlap': true },
      paint: text,
    },
    {
      id: 'closure-point-name', type: 'symbol', source: 'closures', filter: [...isPoint], minzoom: 12,
      layout: { 'text-field': ['get', 'label'], 'text-font': OVERLAY_FONT, 'text-size': 12, 'text-offset': [0, 1.2], 'text-anchor': 'top', 'text-ignore-placement': true, 'text-optional': true },
      paint: text,
    },
    {
      id: 'route-name', type: 'symbol', source: 'routes', minzoom: 11,
      layout: { 'symbol-placement': 'line-center', 'text-rotation-alignment': 'viewport', 'text-field': ['get', 'label'], 'text-font': OVERLAY_FONT, 'text-size': 12, 'text-offset': [0, -1], 'text-ignore-placement': true },
      paint: { ...text, 'text-color': way },
    },
    { id: 'drawing', type: 'line', source: 'drawing', filter: [...isLine], paint: { 'line-color': ink, 'line-width': 4, 'line-dasharray': [1, 1] } },
    { id: 'drawing-point', type: 'circle', source: 'drawing', filter: [...isPoint], paint: { 'circle-radius': 5, 'circle-color': edge, 'circle-stroke-color': ink, 'circle-stroke-width': 2.5 } },
  ] as LayerSpecification[];
}
