/* The base map's style: the layers of /tiles (water, green, building, road, place), light and dark, names
 * drawn with the machine's own fonts, so that no glyph server is needed. */

import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl';

interface Colours {
  ground: string;
  water: string;
  shore: string;
  green: string;
  sand: string;
  building: string;
  wall: string;
  casing: string;
  minor: string;
  street: string;
  major: string;
  path: string;
  text: string;
  halo: string;
  place: string;
  waterName: string;
  greenName: string;
}

const DARK: Colours = {
  ground: '#10161c', water: '#12303f', shore: '#1d4257', green: '#14261f', sand: '#25261d', building: '#1c252e', wall: '#2b3742',
  casing: '#0b1014', minor: '#2b3743', street: '#364450', major: '#4c5d6e', path: '#26313a', text: '#a9b7c4', halo: '#0d1217',
  place: '#d7e0e8', waterName: '#6fa3bf', greenName: '#6f9c83',
};
const LIGHT: Colours = {
  ground: '#e4e8eb', water: '#aed2e6', shore: '#86b4cc', green: '#cbe2c6', sand: '#e9e1c6', building: '#d5d9dc', wall: '#bac2c8',
  casing: '#b4bdc5', minor: '#ffffff', street: '#ffffff', major: '#ffe1a1', path: '#cdd3d7', text: '#47535e', halo: '#ffffff',
  place: '#1c2731', waterName: '#33617c', greenName: '#3c6b45',
};

const FONT = ['Noto Sans CJK SC', 'sans-serif'];
const MAJOR = ['motorway', 'trunk', 'primary', 'secondary'];
const AREA_NAMES = ['water', 'green'];
const SMALL = ['service', 'track', 'path', 'steps', 'pedestrian'];

const width = (at10: number, at14: number, at18: number): ExpressionSpecification => [
  'interpolate', ['exponential', 1.5], ['zoom'], 10, at10, 14, at14, 18, at18,
];
const classIn = (list: string[]): ExpressionSpecification => ['in', ['get', 'class'], ['literal', list]];

export function baseStyle(dark: boolean, origin: string | null): StyleSpecification {
  const c = dark ? DARK : LIGHT;
  const ground: LayerSpecification = { id: 'ground', type: 'background', paint: { 'background-color': c.ground } };
  if (origin === null) return { version: 8, sources: {}, layers: [ground] };
  const line = (id: string, filter: ExpressionSpecification, color: string, w: ExpressionSpecification, minzoom = 9): LayerSpecification => ({
    id, type: 'line', source: 'base', 'source-layer': 'road', filter, minzoom,
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: { 'line-color': color, 'line-width': w },
  });
  return {
    version: 8,
    sources: {
      base: { type: 'vector', tiles: [`${origin}/tiles/{z}/{x}/{y}`], minzoom: 9, maxzoom: 15 },
    },
    layers: [
      ground,
      {
        id: 'green', type: 'fill', source: 'base', 'source-layer': 'green', filter: ['==', ['geometry-type'], 'Polygon'],
        paint: { 'fill-color': ['match', ['get', 'class'], 'sand', c.sand, c.green] },
      },
      { id: 'water', type: 'fill', source: 'base', 'source-layer': 'water', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': c.water } },
      { id: 'river', type: 'line', source: 'base', 'source-layer': 'water', filter: ['==', ['geometry-type'], 'LineString'], paint: { 'line-color': ['match', ['get', 'class'], 'coastline', c.shore, c.water], 'line-width': width(1, 2, 6) } },
      { id: 'building', type: 'fill', source: 'base', 'source-layer': 'building', minzoom: 14, paint: { 'fill-color': c.building, 'fill-outline-color': c.wall } },
      line('path', classIn(SMALL), c.path, width(0.3, 0.8, 5), 14),
      line('street-casing', classIn(['street', 'tertiary']), c.casing, width(0.6, 2.6, 18), 13),
      line('major-casing', classIn(MAJOR), c.casing, width(2, 6, 26)),
      line('street', ['in', ['get', 'class'], ['literal', ['street']]], c.minor, width(0.4, 1.6, 14), 12),
      line('tertiary', ['in', ['get', 'class'], ['literal', ['tertiary']]], c.street, width(0.7, 2.6, 17), 11),
      line('major', classIn(MAJOR), c.major, width(1.1, 4, 22)),
      {
        id: 'ferry', type: 'line', source: 'base', 'source-layer': 'road', filter: ['==', ['get', 'class'], 'ferry'],
        paint: { 'line-color': c.text, 'line-width': 1, 'line-dasharray': [4, 4] },
      },
      {
        id: 'road-name', type: 'symbol', source: 'base', 'source-layer': 'road', minzoom: 13,
        filter: ['all', ['has', 'name'], ['!', classIn(['service', 'track', 'path', 'steps'])]],
        layout: {
          'symbol-placement': 'line', 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': ['interpolate', ['linear'], ['zoom'], 13, 10, 17, 13],
          'symbol-spacing': 320, 'text-padding': 4,
        },
        paint: { 'text-color': c.text, 'text-halo-color': c.halo, 'text-halo-width': 1.2 },
      },
      {
        id: 'river-name', type: 'symbol', source: 'base', 'source-layer': 'water', minzoom: 12,
        filter: ['all', ['has', 'name'], ['==', ['geometry-type'], 'LineString']],
        layout: { 'symbol-placement': 'line', 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 11, 'symbol-spacing': 400 },
        paint: { 'text-color': c.waterName, 'text-halo-color': c.halo, 'text-halo-width': 1.2 },
      },
      {
        id: 'road-ref', type: 'symbol', source: 'base', 'source-layer': 'road', minzoom: 11,
        filter: ['all', ['has', 'ref'], classIn(['motorway', 'trunk', 'primary'])],
        layout: { 'symbol-placement': 'line', 'text-field': ['get', 'ref'], 'text-font': FONT, 'text-size': 10, 'symbol-spacing': 420, 'text-rotation-alignment': 'viewport' },
        paint: { 'text-color': c.text, 'text-halo-color': c.halo, 'text-halo-width': 2 },
      },
      {
        id: 'area-name', type: 'symbol', source: 'base', 'source-layer': 'place', filter: classIn(AREA_NAMES),
        layout: { 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 11, 'text-max-width': 7, 'text-padding': 6 },
        paint: {
          'text-color': ['match', ['get', 'class'], 'water', c.waterName, c.greenName], 'text-halo-color': c.halo, 'text-halo-width': 1.2,
        },
      },
      {
        id: 'place-name', type: 'symbol', source: 'base', 'source-layer': 'place', filter: ['!', classIn(AREA_NAMES)],
        layout: {
          'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': ['match', ['get', 'class'], 'city', 18, 'town', 15, ['suburb', 'village'], 13, 11],
          'text-max-width': 8, 'symbol-sort-key': ['match', ['get', 'class'], 'city', 0, 'town', 1, ['suburb', 'village'], 2, 3],
        },
        paint: { 'text-color': c.place, 'text-halo-color': c.halo, 'text-halo-width': 1.4 },
      },
    ],
  };
}

export const OVERLAY_FONT = FONT;
