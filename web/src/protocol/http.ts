/* What the HTTP routes of PROTOCOL.md §4 answer, checked. */

import {
  bool, count, int, lat, list, lon, maybe, nullable, num, obj, oneOf, otherwise, str, type Of,
} from './check.ts';
import * as o from './objects.ts';
import { log, snapshot } from './frames.ts';
import { CLOCK_STARTS, DISPATCH_MODES, INCIDENT_TYPES, PREEMPTS, TIERS, TIER_VERDICTS } from './values.ts';

export { anything, login, type Login } from './login.ts';

export const me = obj({ user: o.user, expires_ms: int });
export const incidentDetail = obj({
  incident: o.incidentOrEnded,
  assignments: list(o.assignment),
  reports: list(o.report),
  timeline: o.events,
  seq: count,
});
export const map = obj({
  map: obj({
    id: maybe((value) => String(value)),
    name: str,
    attribution: str,
    bounds: list(num),
    has_roads: bool,
  }),
});
export const centres = obj({ centres: list(obj({ code: str, name: str, kind: str, lat, lon, district: nullable(str) })) });
export const streets = obj({ streets: list(obj({ name: str, kind: str, lat, lon })) });
export const isochrone = obj({
  type: str,
  features: list(
    obj({
      properties: obj({ minutes: num }),
      geometry: obj({ type: str, coordinates: (value: unknown) => value as unknown }),
    }),
  ),
});
const place = (value: unknown, at: string): [number, number] => {
  const pair = list(num)(value, at);
  return [lon(pair[0], `${at}/0`), lat(pair[1], `${at}/1`)];
};
export const route = obj({
  geometry: obj({ type: str, coordinates: list(place) }),
  properties: obj({ unit: str, incident_id: count, profile: str, travel_ms: count, distance_m: count, traffic_version: count }),
});
export const traffic = obj({
  traffic_version: count,
  traffic: list(
    obj({
      code: str, line: list(place), speed_kmh: count, direction: oneOf(['both', 'along']), profiles: list(str),
      until_ms: maybe(int), note: maybe(str), by: maybe(str), since_ms: maybe(int), edges: otherwise(count, 0),
    }),
  ),
});
export const speeds = obj({
  time_zone: str,
  hour: count,
  samples_min: count,
  traffic_version: count,
  speeds: list(
    obj({
      vehicle: str, class: str, map_kmh: count, by: nullable(str), since_ms: nullable(int),
      hours: list(obj({ hour: count, percent: count, proposed: nullable(count), drives: nullable(oneOf(['order', 'patrol'])), n: count, p25: count, p75: count })),
    }),
  ),
});
const nullableInt = nullable(int);
export const policy = obj({
  policy: obj({
    name: str,
    clock_start: oneOf(CLOCK_STARTS),
    preempt: oneOf(PREEMPTS),
    tiers: list(
      obj({
        tier: oneOf(TIERS), kinds: list(str), target_ms: int, ack_ms: maybe(int), turnout_ms: maybe(int), units: maybe(count),
        resend_ms: maybe(int), additional_ms: maybe(int), dispatcher_ms: maybe(int), supervisor_ms: maybe(int),
      }),
    ),
  }),
  version: count,
  mode: oneOf(DISPATCH_MODES),
});
const summary = obj({
  tier: oneOf(TIERS),
  stage: str,
  rows: count,
  n: count,
  missing: count,
  excluded: obj({ drill: count, merged: count, cancelled: count, open: count }),
  met: count,
  missed: count,
  no_unit: count,
  p50_ms: nullableInt,
  p90_ms: nullableInt,
  p95_ms: nullableInt,
  p99_ms: nullableInt,
  max_ms: nullableInt,
});
const row = obj({
  incident_id: count,
  tier: oneOf(TIERS),
  type: oneOf(INCIDENT_TYPES),
  priority: count,
  drill: bool,
  district: nullable(str),
  circle: nullable(str),
  unit: nullable(str),
  received_ms: nullableInt,
  created_ms: nullableInt,
  clock_ms: nullableInt,
  sent_ms: nullableInt,
  delivered_ms: nullableInt,
  acknowledged_ms: nullableInt,
  en_route_ms: nullableInt,
  on_scene_ms: nullableInt,
  cleared_ms: nullableInt,
  target_ms: nullableInt,
  elapsed_ms: nullableInt,
  verdict: oneOf(TIER_VERDICTS),
  address: maybe(str),
});
const coverUnit = obj({ unit: str, travel_ms: count, estimated: bool });
export const coverage = obj({
  coverage: obj({
    circles: list(
      obj({
        circle: str,
        tiers: list(obj({ tier: oneOf(TIERS), reach_ms: count, gap_since_ms: nullableInt, units: list(coverUnit) })),
      }),
    ),
    gaps: list(obj({ circle: str, tier: oneOf(TIERS), since_ms: int, move: nullable(coverUnit) })),
    lost: list(obj({ circle: str, tier: oneOf(TIERS) })),
  }),
});
const definition = obj({
  percentile: str,
  time_zone: maybe(str),
  day_starts: maybe(str),
  shifts: maybe(str),
  clock_start: maybe(str),
  policy: maybe(str),
  policies: otherwise(
    list(obj({ version: count, name: str, clock_start: oneOf(CLOCK_STARTS), from_ms: maybe(int) })),
    [],
  ),
  from_ms: maybe(int),
  to_ms: maybe(int),
  bin_ms: maybe(int),
});
export const responseTimes = obj({
  definition,
  summary: list(summary),
  rows: list(row),
  truncated: bool,
  next: maybe(int),
});
const percentiles = {
  n: count, missing: count, p50_ms: nullableInt, p90_ms: nullableInt, p95_ms: nullableInt, p99_ms: nullableInt, max_ms: nullableInt,
};
const verdicts = { met: count, missed: count, no_unit: count };
export const timesSummary = obj({
  definition,
  last_year_from_ms: maybe(int),
  last_year_to_ms: maybe(int),
  summary: list(
    obj({
      group: nullable(str),
      name: nullable(str),
      tier: oneOf(TIERS),
      stage: str,
      rows: count,
      ...percentiles,
      ...verdicts,
      excluded: obj({ drill: count, merged: count, cancelled: count, open: count }),
      bins: maybe(list(count)),
      last_year: maybe(obj({ rows: count, ...percentiles, ...verdicts })),
    }),
  ),
});
const bulletinTimes = obj({
  n: count,
  missing: count,
  withdrawn: count,
  bins: list(count),
  slowest: nullable(obj({ unit: nullable(str), name: nullable(str), ms: int, incident_id: count })),
});
const bulletinNumbers = { orders: count, drills: count, sign: bulletinTimes, depart: bulletinTimes, feedback: bulletinTimes };
export const bulletin = obj({
  definition,
  ends_ms: obj({ sign: list(int), depart: list(int), feedback: list(int) }),
  lines: list(obj({ group: nullable(str), name: nullable(str), ...bulletinNumbers, last_year: maybe(obj(bulletinNumbers)) })),
});
export const heat = obj({
  definition,
  cell_e7: count,
  cells: list(obj({ lat, lon, rows: count, late: count, incidents: count })),
  truncated: bool,
});
export const pastBoard = obj({ at_ms: int, until_ms: int, board: snapshot, log, truncated: bool });
export const users = obj({
  users: list(
    obj({
      name: str,
      display: str,
      role: str,
      scope: ((value: unknown) => value) as (value: unknown) => unknown,
      unit: maybe(str),
      disabled: maybe(bool),
    }),
  ),
});
export const units = obj({ units: list(o.unit) });
export const circles = obj({ circles: list(o.circle) });
export const districts = obj({ districts: list(o.district) });
export const areas = obj({ areas: list(obj({ code: str, name: str, kind: str })) });
export const backup = obj({ path: str, seq: count });
export const devices = obj({ devices: list(obj({ unit: str, secret: str })) });
export const roster = obj({ added: count, updated: count });

export type IncidentDetail = Of<typeof incidentDetail>;
export type MapInfo = Of<typeof map>['map'];
export type Centres = Of<typeof centres>;
export type Street = Of<typeof streets>['streets'][number];
export type Isochrone = Of<typeof isochrone>;
export type Route = Of<typeof route>;
export type Traffic = Of<typeof traffic>['traffic'][number];
export type Speeds = Of<typeof speeds>;
export type SpeedRow = Speeds['speeds'][number];
export type SpeedHour = SpeedRow['hours'][number];
export type Policy = Of<typeof policy>;
export type Coverage = Of<typeof coverage>['coverage'];
export type ResponseTimes = Of<typeof responseTimes>;
export type Summary = ResponseTimes['summary'][number];
export type Row = ResponseTimes['rows'][number];
export type Users = Of<typeof users>;
export type Devices = Of<typeof devices>;
export type Districts = Of<typeof districts>;
export type Areas = Of<typeof areas>;
export type Roster = Of<typeof roster>;
export type Definition = ResponseTimes['definition'];
export type TimesSummary = Of<typeof timesSummary>;
export type SummaryLine = TimesSummary['summary'][number];
export type Bulletin = Of<typeof bulletin>;
export type BulletinLine = Bulletin['lines'][number];
export type Heat = Of<typeof heat>;
export type PastBoard = Of<typeof pastBoard>;
