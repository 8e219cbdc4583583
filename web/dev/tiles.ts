/* Development tiles from a GeoJSON of OSM ways, if DEV_NETWORK names one: the layers of the real import. */

import { readFileSync } from 'node:fs';
import { GeoJSONVT } from '@maplibre/geojson-vt';
import { fromGeojsonVt } from '@maplibre/vt-pbf';

const CLASS: Record<string, string> = {
  motorway: 'motorway', motorway_link: 'motorway', trunk: 'trunk', trunk_link: 'trunk', primary: 'primary', secondary: 'secondary',
  tertiary: 'tertiary', residential: 'street', unclassified: 'street', living_street: 'street', service: 'service', track: 'track',
  pedestrian: 'pedestrian', footway: 'path', cycleway: 'path', path: 'path', steps: 'steps',
};

interface Feature {
  type: 'Feature';
  properties: Record<string, string>;
  geometry: { type: string; coordinates: number[][] };
}

const source = process.env['DEV_NETWORK'];
const features: Feature[] = source
  ? (JSON.parse(readFileSync(source, 'utf8')) as { features: Feature[] }).features
      .filter((f) => f.geometry.type === 'LineString' && CLASS[f.properties['highway'] ?? ''] !== undefined)
      .map((f) => ({
        ...f,
        properties: { class: CLASS[f.properties['highway']!]!, ...(f.properties['name'] ? { name: f.properties['name'] } : {}) },
      }))
  : [];
const MINOR = new Set(['service', 'track', 'path', 'steps', 'pedestrian']);
const index = features.length > 0
  ? new GeoJSONVT({ type: 'FeatureCollection', features } as never, { maxZoom: 15, indexMaxZoom: 5 })
  : null;

export function devTile(z: number, x: number, y: number): Uint8Array | null {
  const tile = index?.getTile(z, x, y);
  if (!tile) return null;
  if (z < 14) tile.features = tile.features.filter((f) => !MINOR.has(String(f.tags?.['class']))) as never;
  return fromGeojsonVt({ road: tile } as never, { version: 2, extent: 4096 } as never);
}

export function devStreets(query: string): { name: string; lat: number; lon: number }[] {
  const seen = new Map<string, { name: string; lat: number; lon: number }>();
  const wanted = query.toLowerCase();
  for (const f of features) {
    const name = f.properties['name'];
    const at = f.geometry.coordinates[Math.floor(f.geometry.coordinates.length / 2)];
    if (name && at && !seen.has(name) && name.toLowerCase().includes(wanted)) seen.set(name, { name, lat: at[1]!, lon: at[0]! });
    if (seen.size >= 8) break;
  }
  return [...seen.values()];
}
