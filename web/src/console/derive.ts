/* What the console shows, from what it knows. Pure. */

import type { City } from '../store/city.ts';
import type { Alarm, Assignment, Candidate, Decision, Event, Incident, Tier, Unit } from '../protocol/objects.ts';
import { decisionKey } from '../store/city.ts';
import { ASSIGNMENT_ACTIVE, TIERS, type TierName } from '../protocol/values.ts';
import { isQuiet, linesOf, rings, urgentFirst, type AlarmLine } from './alarms.ts';

export const isEnded = (incident: Incident): boolean =>
  incident.state === 'closed' || incident.state === 'cancelled' || incident.state === 'duplicate';

/** A tier's clock has run out while it still runs. */
export const tierIsLate = (tier: Tier, now_ms: number): boolean =>
  tier.verdict === 'missed' ||
  (tier.verdict === 'open' && tier.deadline_ms !== null && now_ms > tier.deadline_ms);

export const isLate = (incident: Incident, now_ms: number): boolean =>
  TIERS.some((tier) => tierIsLate(incident.tiers[tier], now_ms));

export type QueueFilter = 'open' | 'pending' | 'late' | 'ended';

/** By priority, then the oldest first: a row does not jump when its state changes. */
export function queueOf(city: City, filter: QueueFilter, now_ms: number): Incident[] {
  const rows = [...city.incidents.values()].filter((incident) => {
    switch (filter) {
      case 'open':
        return !isEnded(incident);
      case 'pending':
        return incident.state === 'pending';
      case 'late':
        return !isEnded(incident) && isLate(incident, now_ms);
      case 'ended':
        return isEnded(incident);
    }
  });
  if (filter === 'ended') {
    return rows.sort((a, b) => (b.ended_ms ?? 0) - (a.ended_ms ?? 0) || b.incident_id - a.incident_id);
  }
  return rows.sort((a, b) => a.priority - b.priority || a.incident_id - b.incident_id);
}

export function assignmentsByIncident(city: City): Map<number, Assignment[]> {
  const by = new Map<number, Assignment[]>();
  for (const assignment of city.assignments.values()) {
    const held = by.get(assignment.incident_id);
    if (held) held.push(assignment);
    else by.set(assignment.incident_id, [assignment]);
  }
  return by;
}

/** Alarms that wait for somebody: calls for help, then the oldest. F9 takes the first. */
export function unacked(city: City): Alarm[] {
  return [...city.alarms.values()].filter(rings).sort(urgentFirst);
}

export interface Offer {
  /** 1, 2, 3… over all tiers: what Alt+n and the command line name. */
  number: number;
  tier: TierName;
  candidate: Candidate;
  unit: Unit | null;
  /** On this incident already. */
  here: boolean;
  /** Free to go now: the decision may be older than the unit's next job. */
  free: boolean;
}

export interface TierOffer {
  tier: TierName;
  decision: Decision | null;
  offers: Offer[];
  /** How many the tier still wants. */
  open: number;
}

/** The last decision of each tier among these events. */
export function decisionsIn(events: readonly Event[]): ReadonlyMap<string, Decision> {
  const found = new Map<string, Decision>();
  for (const event of events) {
    if (event.kind === 'decision.made') {
      found.set(decisionKey(event.decision.incident_id, event.decision.tier), event.decision);
    }
  }
  return found;
}

export function offersOf(
  city: City, incident: Incident, mine: readonly Assignment[], recorded: ReadonlyMap<string, Decision> = new Map(),
): TierOffer[] {
  let number = 0;
  return TIERS.map((tier) => {
    const key = decisionKey(incident.incident_id, tier);
    const decision = city.decisions.get(key) ?? recorded.get(key) ?? null;
    const active = mine.filter((a) => a.tier === tier && a.wave === 0 && ASSIGNMENT_ACTIVE.has(a.state));
    const offers = (decision?.candidates ?? []).map((candidate): Offer => {
      number += 1;
      const unit = city.units.get(candidate.unit) ?? null;
      const here = unit !== null && unit.incident_id === incident.incident_id;
      return { number, tier, candidate, unit, here, free: unit !== null && unit.status === 'available' };
    });
    /* Who was there in time and has gone again is not to be replaced unasked. */
    const { wanted, verdict } = incident.tiers[tier];
    return { tier, decision, offers, open: verdict === 'met' ? 0 : Math.max(0, wanted - active.length) };
  });
}

/** What would be ordered at one key: the chosen ones that are still free, as far as the tier wants more. */
export function proposed(offers: readonly TierOffer[]): Map<string, TierName> {
  const picks = new Map<string, TierName>();
  for (const tier of offers) {
    let left = tier.open;
    const ready = tier.offers.filter((offer) => offer.free && !picks.has(offer.candidate.unit));
    const first = [...ready.filter((o) => o.candidate.chosen), ...ready.filter((o) => !o.candidate.chosen && o.candidate.in_reach)];
    for (const offer of first) {
      if (left === 0) break;
      picks.set(offer.candidate.unit, tier.tier);
      left -= 1;
    }
  }
  return picks;
}

export type UnitFilter = 'all' | Unit['status'];

/** The units of the board, by code. */
export function unitsOf(units: ReadonlyMap<string, Unit>, filter: UnitFilter, text: string): Unit[] {
  const wanted = text.trim().toLowerCase();
  const rows: Unit[] = [];
  for (const code of sortedCodes(units)) {
    const unit = units.get(code)!;
    if (filter !== 'all' && unit.status !== filter) continue;
    if (wanted === '' || unit.code.toLowerCase().includes(wanted) || unit.name.toLowerCase().includes(wanted) ||
      (unit.circle ?? '').toLowerCase() === wanted || (unit.district ?? '').toLowerCase() === wanted) rows.push(unit);
  }
  return rows;
}

const collator = new Intl.Collator('en', { numeric: true });
let sorted: readonly string[] = [];

/** P2 before P10. Comparing texts is slow and codes hardly change: sorted once for a roster. */
function sortedCodes(units: ReadonlyMap<string, Unit>): readonly string[] {
  if (sorted.length !== units.size || !sorted.every((code) => units.has(code))) sorted = [...units.keys()].sort(collator.compare);
  return sorted;
}

/** West, south, east, north of these places with a little room; null if none has a place. */
export function boundsOf(places: readonly { lat: number | null; lon: number | null }[]): [number, number, number, number] | null {
  let box: [number, number, number, number] | null = null;
  for (const { lat, lon } of places) {
    if (lat === null || lon === null) continue;
    box = box === null
      ? [lon, lat, lon, lat]
      : [Math.min(box[0], lon), Math.min(box[1], lat), Math.max(box[2], lon), Math.max(box[3], lat)];
  }
  return box === null ? null : [box[0] - 0.01, box[1] - 0.01, box[2] + 0.01, box[3] + 0.01];
}

export interface Near {
  unit: Unit;
  distance_m: number;
  /** Of the unit as seen from the place: 0 north, 90 east. */
  bearing_deg: number;
}

/** Units with a known place by their distance from `at`; equal ones by code. */
export function nearest(
  units: Iterable<Unit>, where: (unit: Unit) => { lat: number; lon: number } | null, at: { lat: number; lon: number },
  metres: (a: { lat: number; lon: number }, b: { lat: number; lon: number }) => number,
): Near[] {
  const near: Near[] = [];
  for (const unit of units) {
    const place = where(unit);
    if (!place || unit.status === 'off_duty') continue;
    const east = (place.lon - at.lon) * Math.cos((at.lat * Math.PI) / 180);
    const bearing = (Math.atan2(east, place.lat - at.lat) * 180) / Math.PI;
    near.push({ unit, distance_m: metres(at, place), bearing_deg: (bearing + 360) % 360 });
  }
  return near.sort((a, b) => a.distance_m - b.distance_m || collator.compare(a.unit.code, b.unit.code));
}

export interface Handover {
  open: { incident: Incident; late: boolean; active: string[] }[];
  alarms: AlarmLine[];
  out: Unit[];
}

/** What the next shift takes over: open incidents, standing alarms, units that cannot be sent. */
export function handoverOf(city: City, now_ms: number): Handover {
  const by = assignmentsByIncident(city);
  return {
    open: queueOf(city, 'open', now_ms).map((incident) => ({
      incident,
      late: isLate(incident, now_ms),
      active: (by.get(incident.incident_id) ?? []).filter((item) => ASSIGNMENT_ACTIVE.has(item.state)).map((item) => item.unit),
    })),
    alarms: linesOf(city.alarms.values(), isQuiet),
    out: [...city.units.values()].filter((unit) => unit.duty === 'out_of_service').sort((a, b) => collator.compare(a.code, b.code)),
  };
}
