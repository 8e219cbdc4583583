/* All a console knows of the city's stream, as a value. applySnapshot() and applyLog() are pure: they
 * answer a new City and leave the old one alone; maps are copied once a frame, and only those that
 * change. What follows from the events is derived as PROTOCOL.md §7 says. */

import type {
  Alarm, Assignment, Circle, Decision, District, Event, Incident, Notice, Tier, Unit,
} from '../protocol/objects.ts';
import type { LogFrame, Snapshot } from '../protocol/frames.ts';
import { ASSIGNMENT_ACTIVE, TIERS, type TierName } from '../protocol/values.ts';
import { entered, heard, unitStatus } from './rules.ts';

export interface City {
  epoch: string;
  seq: number;
  units: ReadonlyMap<string, Unit>;
  circles: ReadonlyMap<string, Circle>;
  districts: ReadonlyMap<string, District>;
  incidents: ReadonlyMap<number, Incident>;
  assignments: ReadonlyMap<number, Assignment>;
  /** What units have to hear beside their orders, or have heard; by assignment. */
  notices: ReadonlyMap<number, Notice>;
  alarms: ReadonlyMap<number, Alarm>;
  /** By `incident/tier`. */
  decisions: ReadonlyMap<string, Decision>;
}

export const EMPTY_CITY: City = {
  epoch: '',
  seq: 0,
  units: new Map(),
  circles: new Map(),
  districts: new Map(),
  incidents: new Map(),
  assignments: new Map(),
  notices: new Map(),
  alarms: new Map(),
  decisions: new Map(),
};

export const decisionKey = (incident: number, tier: TierName): string => `${incident}/${tier}`;

export function applySnapshot(parts: readonly Snapshot[]): City {
  const by = <K, V>(pick: (part: Snapshot) => readonly V[], key: (value: V) => K): Map<K, V> =>
    new Map(parts.flatMap((part) => pick(part).map((value) => [key(value), value] as const)));
  const last = parts[parts.length - 1];
  return {
    epoch: last?.epoch ?? '',
    seq: last?.seq ?? 0,
    units: by((part) => part.units, (unit) => unit.code),
    circles: by((part) => part.circles, (circle) => circle.code),
    districts: by((part) => part.districts, (district) => district.code),
    incidents: by((part) => part.incidents, (incident) => incident.incident_id),
    assignments: by((part) => part.assignments, (assignment) => assignment.assignment_id),
    notices: by((part) => part.notices, (notice) => notice.assignment_id),
    alarms: by((part) => part.alarms, (alarm) => alarm.alarm_id),
    decisions: by((part) => part.decisions, (d) => decisionKey(d.incident_id, d.tier)),
  };
}

export function applyLog(city: City, frame: LogFrame): City {
  const draft = new Draft(city);
  for (const event of frame.events) apply(draft, event);
  return draft.finish(frame.epoch, frame.upto);
}

type Table = Exclude<keyof City, 'epoch' | 'seq'>;

/* The city being written: a map is copied when it is first changed. */
class Draft {
  private readonly next: City;
  private readonly copied = new Set<Table>();

  constructor(city: City) {
    this.next = { ...city };
  }

  get<T extends Table>(table: T): City[T] {
    return this.next[table];
  }

  edit<T extends Table>(table: T): City[T] extends ReadonlyMap<infer K, infer V> ? Map<K, V> : never {
    if (!this.copied.has(table)) {
      (this.next[table] as unknown) = new Map(this.next[table] as ReadonlyMap<unknown, unknown>);
      this.copied.add(table);
    }
    return this.next[table] as never;
  }

  incident(id: number, change: (incident: Incident) => Partial<Incident>): void {
    const held = this.get('incidents').get(id);
    if (held) this.edit('incidents').set(id, { ...held, ...change(held) });
  }

  assignment(id: number, change: (assignment: Assignment) => Partial<Assignment>): Assignment | null {
    const held = this.get('assignments').get(id);
    if (!held) return null;
    const next = { ...held, ...change(held) };
    this.edit('assignments').set(id, next);
    return next;
  }

  unit(code: string, change: (unit: Unit) => Partial<Unit>): void {
    const held = this.get('units').get(code);
    if (held) this.edit('units').set(code, { ...held, ...change(held) });
  }

  finish(epoch: string, seq: number): City {
    return { ...this.next, epoch, seq };
  }
}

const NOT_SHELVED = { shelved_ms: null, shelved_by: null, shelved_reason: null } as const;

function apply(draft: Draft, event: Event): void {
  switch (event.kind) {
    case 'district.put':
      draft.edit('districts').set(event.code, { code: event.code, name: event.name });
      break;
    case 'districts.cleared':
      draft.edit('districts').clear();
      break;
    case 'circle.put':
      draft.edit('circles').set(event.circle.code, event.circle);
      break;
    case 'unit.put':
      putUnit(draft, event);
      break;
    case 'report.received':
      if (event.report.merged) {
        draft.incident(event.report.incident_id, (held) => ({ report_count: held.report_count + 1 }));
      }
      break;
    case 'incident.opened':
      draft.edit('incidents').set(event.incident.incident_id, event.incident);
      break;
    case 'decision.made': {
      const made = event.decision;
      if (made.wave > 0) break;
      draft.edit('decisions').set(decisionKey(made.incident_id, made.tier), made);
      draft.incident(made.incident_id, (held) => ({
        generation: Math.max(held.generation, made.generation),
      }));
      break;
    }
    case 'assignment.sent':
      draft.edit('assignments').set(event.assignment.assignment_id, event.assignment);
      follow(draft, event.assignment, event.at_ms);
      draft.incident(event.assignment.incident_id, (held) => ({
        ...(event.assignment.wave > 0 ? {} : startClocks(held, event.at_ms)), generation: Math.max(held.generation, event.generation),
      }));
      break;
    case 'assignment.updated': {
      const next = draft.assignment(event.assignment_id, (held) => ({
        ...entered(held, event.state, event.at_ms),
        version: event.version,
        late: held.late || event.late,
        reason: event.reason ?? held.reason,
      }));
      if (next) follow(draft, next, event.at_ms);
      if (event.state === 'recalled') draft.incident(event.incident_id, (held) => ({ generation: held.generation + 1 }));
      if (!ASSIGNMENT_ACTIVE.has(event.state)) draft.edit('notices').delete(event.assignment_id);
      break;
    }
    case 'assignment.step':
      draft.assignment(event.assignment_id, (held) => ({
        par_asked_ms: event.step === 'par_asked' ? event.at_ms : held.par_asked_ms,
        version: event.version,
        resent: held.resent + (event.step === 'resent' ? 1 : 0),
      }));
      break;
    case 'incident.updated':
      draft.incident(event.incident_id, (held) => ({
        generation: Math.max(held.generation, event.generation),
        type: event.type,
        priority: event.priority,
        lat: event.lat,
        lon: event.lon,
        address: event.address,
        district: event.district,
        circle: event.circle,
        beat: event.beat,
        grid: event.grid,
        plan: event.plan,
      }));
      break;
    case 'incident.state':
      draft.incident(event.incident_id, (held) => ({
        state: event.state,
        dispatched_ms: held.dispatched_ms ?? (event.state === 'dispatched' ? event.at_ms : null),
        on_scene_ms: held.on_scene_ms ?? (event.state === 'on_scene' ? event.at_ms : null),
        ended_ms:
          held.ended_ms ??
          (event.state === 'closed' || event.state === 'cancelled' ? event.at_ms : null),
      }));
      break;
    case 'tier.verdict':
      draft.incident(event.incident_id, (held) => ({
        clock_ms: held.clock_ms ?? event.clock_ms,
        tiers: {
          ...held.tiers,
          [event.tier]: {
            ...held.tiers[event.tier],
            verdict: event.verdict,
            target_ms: event.target_ms ?? held.tiers[event.tier].target_ms,
            elapsed_ms: event.elapsed_ms,
          },
        },
      }));
      break;
    case 'unit.duty':
      draft.unit(event.unit, (held) => {
        const { duty, people, crew, equipment, device } = event;
        const next = { ...held, duty, people_on: duty === 'off' ? null : people, crew, equipment, device };
        const status = unitStatus(next, activeOf(draft, next));
        return { ...next, status, status_ms: status === held.status ? held.status_ms : event.at_ms };
      });
      break;
    case 'alarm.raised':
      draft.edit('alarms').set(event.alarm.alarm_id, event.alarm);
      break;
    case 'alarm.acked': {
      const held = draft.get('alarms').get(event.alarm_id);
      if (held) {
        draft.edit('alarms').set(event.alarm_id, {
          ...held, acked_ms: held.acked_ms ?? event.at_ms, acked_by: held.acked_by ?? event.actor, ...NOT_SHELVED,
        });
        if (held.kind === 'panic' && held.unit !== null) draft.unit(held.unit, () => ({ panic: 'acknowledged' }));
      }
      break;
    }
    case 'alarm.cleared':
      draft.edit('alarms').delete(event.alarm_id);
      break;
    case 'alarm.shelved': {
      const held = draft.get('alarms').get(event.alarm_id);
      if (held) {
        draft.edit('alarms').set(event.alarm_id, {
          ...held, acked_ms: null, acked_by: null, shelved_ms: event.until_ms, shelved_by: event.actor,
          shelved_reason: event.reason, shelved: held.shelved + 1,
        });
      }
      break;
    }
    case 'alarm.returned': {
      const held = draft.get('alarms').get(event.alarm_id);
      if (held) draft.edit('alarms').set(event.alarm_id, { ...held, ...NOT_SHELVED });
      break;
    }
    case 'assignment.par':
      draft.assignment(event.assignment_id, () => ({ par_asked_ms: null }));
      break;
    case 'unit.panic':
      draft.unit(event.unit, () => ({ panic: 'raised' }));
      break;
    case 'panic.closed':
      draft.unit(event.unit, () => ({ panic: 'none' }));
      break;
    case 'incident.warned':
      draft.incident(event.incident_id, () => ({
        warning: { level: event.level, text: event.text, at_ms: event.at_ms },
      }));
      break;
    case 'notice.sent':
      draft.edit('notices').set(event.notice.assignment_id, event.notice);
      break;
    case 'notice.updated':
    case 'notice.step': {
      const held = draft.get('notices').get(event.assignment_id);
      if (held?.number === event.number) {
        draft.edit('notices').set(event.assignment_id, heard(held, event));
      }
      break;
    }
    case 'incident.archived':
      archive(draft, event.incident_id);
      break;
    case 'incident.held':
      draft.incident(event.incident_id, () => ({
        held_ms: event.at_ms, review_ms: event.review_ms, hold_reason: event.reason,
      }));
      break;
    case 'incident.released':
      draft.incident(event.incident_id, () => ({ held_ms: null, review_ms: null, hold_reason: 'none' }));
      break;
    case 'incident.reopened':
      draft.incident(event.incident_id, (held) => ({
        state: event.state, ended_ms: null, reopened: held.reopened + 1,
        generation: Math.max(held.generation, event.generation),
      }));
      break;
    case 'incident.merged':
      draft.incident(event.incident_id, () => ({
        state: 'duplicate', ended_ms: event.at_ms, duplicate_of: event.into_id, report_count: 0,
      }));
      draft.incident(event.into_id, () => ({ report_count: event.report_count }));
      break;
    case 'incident.owned':
      draft.incident(event.incident_id, () => ({
        owner: event.owner, owner_ms: event.owner === null ? null : event.at_ms,
      }));
      break;
    case 'report.linked':
      draft.incident(event.from_id, (held) => ({ report_count: held.report_count - 1 }));
      if (!event.opens) draft.incident(event.incident_id, (held) => ({ report_count: held.report_count + 1 }));
      break;
    case 'milestone.corrected':
      draft.assignment(event.assignment_id, (held) => ({
        ...atMilestone(event.milestone, event.corrected_ms), corrected: held.corrected + 1,
      }));
      break;
    case 'referral.sent':
    case 'referral.updated': /* the rest is in the timeline */
      draft.incident(event.kind === 'referral.sent' ? event.referral.incident_id : event.incident_id, (held) => ({
        generation: Math.max(held.generation, event.generation),
      }));
      break;
    case 'centre.put':
    case 'plan.put':
    case 'report.answered':
    case 'panic.widened': /* a snapshot follows for whom it is new */
    case 'incident.noted':
    case 'photo.added':
    case 'command.refused':
    case 'audit':
    case 'policy.put':
      break; /* in the timeline only */
  }
}

/** The time that a correction replaces. */
function atMilestone(milestone: Assignment['state'], at_ms: number): Partial<Assignment> {
  switch (milestone) {
    case 'delivered':
      return { delivered_ms: at_ms };
    case 'acknowledged':
      return { acknowledged_ms: at_ms };
    case 'en_route':
      return { en_route_ms: at_ms };
    case 'on_scene':
      return { on_scene_ms: at_ms };
    default:
      return { ended_ms: at_ms };
  }
}

function putUnit(draft: Draft, event: Event & { kind: 'unit.put' }): void {
  const put = event.unit;
  const held = draft.get('units').get(put.code);
  const fresh: Unit = {
    ...put,
    duty: 'off', people_on: null, crew: null, equipment: [], device: null, status: 'off_duty', status_ms: event.at_ms,
    assignment_id: null, incident_id: null, panic: 'none', fix_ms: null,
  };
  draft.edit('units').set(put.code, held ? { ...held, ...put, lat: put.lat ?? held.lat, lon: put.lon ?? held.lon } : fresh);
}

function activeOf(draft: Draft, unit: Unit): Assignment | null {
  return unit.assignment_id === null ? null : (draft.get('assignments').get(unit.assignment_id) ?? null);
}

/** The unit follows its assignment. An older assignment that ends late does not free it of a new one. */
function follow(draft: Draft, assignment: Assignment, at_ms: number): void {
  const active = ASSIGNMENT_ACTIVE.has(assignment.state);
  draft.unit(assignment.unit, (held) => {
    if (!active && held.assignment_id !== assignment.assignment_id) return {};
    const status = unitStatus(held, active ? assignment : null);
    return {
      assignment_id: active ? assignment.assignment_id : null,
      incident_id: active ? assignment.incident_id : null,
      status,
      status_ms: status === held.status && active === (held.assignment_id !== null) ? held.status_ms : at_ms,
    };
  });
}

/** Clocks that the policy starts with the first order. */
function startClocks(held: Incident, at_ms: number): Partial<Incident> {
  if (held.clock_ms !== null) return {};
  const start = (tier: Tier): Tier =>
    tier.deadline_ms === null && tier.target_ms !== null && tier.verdict === 'open'
      ? { ...tier, deadline_ms: at_ms + tier.target_ms }
      : tier;
  return {
    clock_ms: at_ms,
    tiers: { '1': start(held.tiers['1']), '3': start(held.tiers['3']), '5': start(held.tiers['5']) },
  };
}

function archive(draft: Draft, id: number): void {
  draft.edit('incidents').delete(id);
  for (const [key, assignment] of draft.get('assignments')) {
    if (assignment.incident_id === id) draft.edit('assignments').delete(key);
  }
  for (const [key, notice] of draft.get('notices')) {
    if (notice.incident_id === id) draft.edit('notices').delete(key);
  }
  for (const [key, alarm] of draft.get('alarms')) {
    if (alarm.incident_id === id) draft.edit('alarms').delete(key);
  }
  for (const tier of TIERS) draft.edit('decisions').delete(decisionKey(id, tier));
}
