/* The objects of PROTOCOL.md §7 as checkers; the types follow from them. */

import {
  bool, count, id, int, lat, list, lon, maybe, nullable, num, obj, oneOf, otherwise, record, str,
  members, type Check, type Of,
} from './check.ts';
import * as v from './values.ts';

const time = nullable(int);
/** A text that may not be known; an empty one says nothing either. */
export const text: Check<string | null> = (value, at) => (value === '' ? null : nullable(str)(value, at));

export const user = obj({
  name: str,
  display: str,
  role: oneOf(v.ROLES),
  scope: ((value, at) => (value === 'city' ? 'city' : list(str)(value, at))) as Check<
    'city' | string[]
  >,
  unit: nullable(str),
});

export const unitDefinition = obj({
  index: count,
  code: str,
  name: str,
  kind: oneOf(v.UNIT_KINDS),
  circle: maybe(str),
  district: maybe(str),
  area: maybe(str),
  people: maybe(count),
  capabilities: otherwise(list(str), []),
  synthetic: otherwise(bool, false),
  lat: maybe(lat),
  lon: maybe(lon),
});

export const unit = obj({
  index: count,
  code: str,
  name: str,
  kind: oneOf(v.UNIT_KINDS),
  circle: text,
  district: text,
  area: maybe(str),
  people: maybe(count),
  capabilities: list(str),
  synthetic: bool,
  duty: oneOf(v.DUTIES),
  people_on: maybe(count),
  crew: maybe(text),
  equipment: otherwise(list(str), []),
  device: maybe(text),
  status: oneOf(v.UNIT_STATUSES),
  status_ms: time,
  assignment_id: nullable(id),
  incident_id: nullable(id),
  panic: oneOf(v.PANIC_STATES),
  lat: nullable(lat),
  lon: nullable(lon),
  fix_ms: time,
});

export const circle = obj({
  code: str,
  name: str,
  lat,
  lon,
  radius_m: num,
  district: text,
  minimum: maybe(str), /* its rota, as the roster writes it */
});

export const district = obj({ code: str, name: str });

export const tier = obj({
  verdict: oneOf(v.TIER_VERDICTS),
  wanted: count,
  target_ms: time,
  deadline_ms: time,
  elapsed_ms: time,
});

const tiers = obj({ '1': tier, '3': tier, '5': tier });

export const warning = obj({ level: oneOf(v.WARN_LEVELS), text, at_ms: int });

const incidentShape = {
  incident_id: id,
  generation: count,
  type: oneOf(v.INCIDENT_TYPES),
  priority: count,
  state: oneOf(v.INCIDENT_STATES),
  lat,
  lon,
  address: text,
  note: text,
  caller: text,
  phone: text,
  district: text,
  circle: text,
  beat: maybe(str),
  grid: maybe(str),
  drill: bool,
  mode: oneOf(v.DISPATCH_MODES),
  policy: text,
  warning: nullable(warning),
  policy_version: maybe(count),
  plan: maybe(str), /* of the circle; its words: /v1/plans?incident= */
  report_count: count,
  received_ms: time,
  created_ms: time,
  dispatched_ms: time,
  on_scene_ms: time,
  ended_ms: time,
  clock_ms: time,
  held_ms: time,
  review_ms: time,
  hold_reason: str,
  owner: text,
  owner_ms: time,
  duplicate_of: nullable(id),
  similar: nullable(id),
  reopened: count,
};

export const incident = obj({ ...incidentShape, tiers });

/** From history: the tiers are in the response-time record then. */
export const incidentOrEnded = obj({ ...incidentShape, tiers: nullable(tiers) });

export const assignment = obj({
  assignment_id: id,
  incident_id: id,
  unit: str,
  tier: oneOf(v.TIERS),
  state: oneOf(v.ASSIGNMENT_STATES),
  version: count,
  late: bool,
  additional: bool,
  automatic: bool,
  estimated: bool,
  travel_ms: time,
  distance_m: nullable(num),
  rank: nullable(int),
  wave: otherwise(count, 0),
  reason: maybe(str),
  sent_ms: time,
  delivered_ms: time,
  acknowledged_ms: time,
  en_route_ms: time,
  on_scene_ms: time,
  ended_ms: time,
  resent: count,
  par_asked_ms: time,
  corrected: count,
});

export const alarm = obj({
  alarm_id: id,
  kind: oneOf(v.ALARM_KINDS),
  incident_id: maybe(id),
  assignment_id: maybe(id),
  unit: maybe(str),
  tier: maybe(oneOf(v.TIERS)),
  circle: maybe(str),
  checkpoint: maybe(str),
  raised_ms: int,
  acked_ms: time,
  acked_by: maybe(str),
  /** Until when it does not ring. */
  shelved_ms: time,
  shelved_by: maybe(str),
  shelved_reason: maybe(str),
  shelved: count,
});

export const notice = obj({
  assignment_id: id,
  incident_id: id,
  unit: str,
  number: count,
  kinds: list(oneOf(v.NOTICE_KINDS)),
  state: oneOf(v.NOTICE_STATES),
  level: nullable(oneOf(v.WARN_LEVELS)),
  text,
  sent_ms: int,
  delivered_ms: time,
  acknowledged_ms: time,
  resent: count,
});

export const candidate = obj({
  unit: str,
  travel_ms: time,
  lat: maybe(lat),
  lon: maybe(lon),
  fix_age_ms: maybe(int),
  by_plan: maybe(bool),
  rank: int,
  in_reach: bool,
  chosen: bool,
  estimated: bool,
  own_area: otherwise(bool, false),
  given_to: maybe(id),
});

export const passed = obj({ unit: str, distance_m: nullable(num), reason: str, by_plan: maybe(bool) });

export const decision = obj({
  incident_id: id,
  tier: oneOf(v.TIERS),
  generation: count,
  map_id: maybe((value) => String(value)),
  automatic: bool,
  wave: otherwise(count, 0),
  together: otherwise(count, 0),
  preemptable: otherwise(
    list(obj({ unit: str, victim: id, priority: count, travel_ms: time, estimated: bool })),
    [],
  ),
  candidates: list(candidate),
  passed: list(passed),
  passed_by_reason: record(count),
});

export const report = obj({
  report_id: id,
  incident_id: id,
  merged: bool,
  channel: oneOf(v.CHANNELS),
  type: oneOf(v.INCIDENT_TYPES),
  priority: nullable(count),
  lat,
  lon,
  address: text,
  caller: text,
  phone: text,
  note: text,
  occurred_ms: time,
  received_ms: time,
  drill: bool,
  answered_ms: time,
  answered_by: text,
  answer: text,
});

export const order = obj({
  assignment,
  incident: obj({
    incident_id: id,
    type: oneOf(v.INCIDENT_TYPES),
    priority: count,
    lat,
    lon,
    address: maybe(text),
    note: maybe(text),
    drill: bool,
    received_ms: time,
    target_ms: maybe(int),
    warning: nullable(warning),
    plan: maybe(obj({ code: str, words_zh: text, words_en: text })),
  }),
});

export type User = Of<typeof user>;
export type UnitDefinition = Of<typeof unitDefinition>;
export type Unit = Of<typeof unit>;
export type Circle = Of<typeof circle>;
export type District = Of<typeof district>;
export type Tier = Of<typeof tier>;
export type Incident = Of<typeof incident>;
export type Assignment = Of<typeof assignment>;
export type Alarm = Of<typeof alarm>;
export type Notice = Of<typeof notice>;
export type Candidate = Of<typeof candidate>;
export type Decision = Of<typeof decision>;
export type Report = Of<typeof report>;
export type Order = Of<typeof order>;

/* Events: the members every event has, and those of its kind. */

const head = { seq: count, at_ms: int, actor: maybe(str), source: maybe(oneOf(v.SOURCES)) };

const kinds = {
  'district.put': obj({ ...head, index: count, code: str, name: str }),
  'districts.cleared': obj(head),
  'circle.put': obj({ ...head, circle }),
  'referral.sent': obj({
    ...head,
    referral: obj({ referral_id: id, incident_id: id, centre: str, kind: str, answer_by_ms: time, feedback_by_ms: time }),
    generation: count,
    note: text,
  }),
  'referral.updated': obj({
    ...head, referral_id: id, incident_id: id, centre: str, state: str, version: count, generation: count, reason: str, units: text, note: text,
  }),
  'centre.put': obj({ ...head, centre: obj({ code: str }) }), /* who needs centres asks for them: /v1/centres */
  'plan.put': obj({ ...head, plan: obj({ code: str }) }), /* likewise: /v1/plans */
  'unit.put': obj({ ...head, unit: unitDefinition }),
  'report.received': obj({ ...head, report }),
  'incident.opened': obj({ ...head, incident }),
  'decision.made': obj({ ...head, decision }),
  'assignment.sent': obj({ ...head, assignment, generation: count, order: maybe(order) }),
  'assignment.updated': obj({
    ...head,
    assignment_id: id,
    incident_id: id,
    unit: str,
    tier: maybe(oneOf(v.TIERS)),
    state: oneOf(v.ASSIGNMENT_STATES),
    reason: maybe(str),
    device_ms: maybe(int),
    late: otherwise(bool, false),
    lat: maybe(lat),
    lon: maybe(lon),
    version: count,
    other_id: maybe(id),
    note: maybe(text),
  }),
  'assignment.step': obj({
    ...head,
    assignment_id: id,
    incident_id: id,
    unit: str,
    tier: maybe(oneOf(v.TIERS)),
    step: oneOf(v.LADDER_STEPS),
    version: count,
  }),
  'incident.updated': obj({
    ...head,
    incident_id: id,
    generation: count,
    type: oneOf(v.INCIDENT_TYPES),
    priority: count,
    lat,
    lon,
    address: text,
    district: maybe(str),
    circle: maybe(str),
    beat: maybe(str),
    grid: maybe(str),
    plan: maybe(str),
    order: maybe(order),
  }),
  'incident.state': obj({
    ...head,
    incident_id: id,
    state: oneOf(v.INCIDENT_STATES),
    reason: maybe(str),
    note: maybe(text),
  }),
  'incident.noted': obj({ ...head, incident_id: id, note: str }),
  'tier.verdict': obj({
    ...head,
    incident_id: id,
    tier: oneOf(v.TIERS),
    verdict: oneOf(v.TIER_VERDICTS),
    unit: maybe(str),
    clock_ms: maybe(int),
    elapsed_ms: maybe(int),
    target_ms: maybe(int),
    drill: otherwise(bool, false),
  }),
  'unit.duty': obj({
    ...head,
    unit: str,
    duty: oneOf(v.DUTIES),
    reason: maybe(str),
    people: maybe(count),
    crew: maybe(text),
    equipment: otherwise(list(str), []),
    device: maybe(text),
  }),
  'alarm.raised': obj({ ...head, alarm }),
  'alarm.acked': obj({ ...head, alarm_id: id, incident_id: maybe(id) }),
  'alarm.cleared': obj({ ...head, alarm_id: id, incident_id: maybe(id) }),
  'alarm.shelved': obj({ ...head, alarm_id: id, incident_id: maybe(id), until_ms: int, reason: str, note: maybe(str) }),
  'alarm.returned': obj({ ...head, alarm_id: id, incident_id: maybe(id) }),
  'incident.archived': obj({ ...head, incident_id: id }),
  'command.refused': obj({
    ...head,
    command: maybe(str),
    reason: maybe(str),
    incident_id: maybe(id),
    assignment_id: maybe(id),
    unit: maybe(str),
    count: maybe(count),
    by: maybe(str),
    by_ms: maybe(int),
  }),
  'incident.warned': obj({ ...head, incident_id: id, level: oneOf(v.WARN_LEVELS), text: str }),
  'notice.sent': obj({ ...head, notice }),
  'notice.updated': obj({
    ...head,
    assignment_id: id,
    incident_id: id,
    unit: str,
    number: count,
    state: oneOf(v.NOTICE_STATES),
    device_ms: maybe(int),
  }),
  'notice.step': obj({
    ...head,
    assignment_id: id,
    incident_id: id,
    unit: str,
    tier: maybe(oneOf(v.TIERS)),
    number: count,
    step: oneOf(v.LADDER_STEPS),
  }),
  'unit.panic': obj({
    ...head, unit: str, incident_id: id, place: oneOf(v.PANIC_PLACES), in_charge: count, device_ms: maybe(int),
  }),
  'panic.widened': obj({ ...head, unit: str, incident_id: id }),
  'panic.closed': obj({ ...head, unit: str, incident_id: id, reason: maybe(str), note: maybe(text) }),
  'assignment.par': obj({ ...head, assignment_id: id, incident_id: id, unit: str, device_ms: maybe(int) }),
  audit: obj({ ...head, text: str }),
  'incident.held': obj({ ...head, incident_id: id, reason: str, review_ms: int, note: text }),
  'incident.released': obj({ ...head, incident_id: id, note: text }),
  'incident.reopened': obj({
    ...head, incident_id: id, generation: count, state: oneOf(v.INCIDENT_STATES), reason: str, note: text,
  }),
  'incident.merged': obj({ ...head, incident_id: id, into_id: id, report_count: count, note: text }),
  'incident.owned': obj({ ...head, incident_id: id, owner: text, from: text, note: text }),
  'report.linked': obj({ ...head, report_id: id, from_id: id, incident_id: id, opens: bool }),
  'report.answered': obj({ ...head, report_id: id, incident_id: id, note: text }),
  'milestone.corrected': obj({
    ...head, assignment_id: id, incident_id: maybe(id), unit: maybe(str), milestone: oneOf(v.ASSIGNMENT_STATES),
    was_ms: time, corrected_ms: int, note: str,
  }),
  'photo.added': obj({
    ...head, incident_id: id, assignment_id: maybe(id), unit: maybe(str), hash: str, size: count, media: str, device_ms: maybe(int),
  }),
  'policy.put': obj({ ...head, version: count, name: str, clock_start: oneOf(v.CLOCK_STARTS) }),
};

export type EventKind = keyof typeof kinds;
export type Event = {
  [K in EventKind]: Of<(typeof kinds)[K]> & { kind: K };
}[EventKind];

/** Null: a kind this page does not know, which a newer engine may send; it is skipped. */
export const event: Check<Event | null> = (value, at) => {
  const kind = str(members(value, at)['kind'], `${at}/kind`);
  if (!Object.hasOwn(kinds, kind)) {
    obj(head)(value, at);
    return null;
  }
  const known = kind as EventKind;
  return { ...kinds[known](value, at), kind: known } as Event;
};

export const events: Check<Event[]> = (value, at) =>
  list(event)(value, at).filter((item) => item !== null);
