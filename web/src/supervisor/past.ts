/* A past moment: the board at the start and the log after it, played up to any second with the same
 * reducer as the live console. Pure. */

import type { PastBoard } from '../protocol/http.ts';
import type { Event } from '../protocol/objects.ts';
import { applyLog, applySnapshot, type City } from '../store/city.ts';

export function cityAt(past: PastBoard, at_ms: number): City {
  const start = applySnapshot([past.board]);
  const events = past.log.events.filter((event) => event.at_ms <= at_ms);
  const last = events[events.length - 1];
  return last === undefined ? start : applyLog(start, { ...past.log, events, upto: last.seq });
}

/** Where a unit was known to be, and when: from decisions and from its own steps, never in between. */
export interface Sighting {
  unit: string;
  at_ms: number;
  lat: number;
  lon: number;
}

export function sightings(events: readonly Event[]): Sighting[] {
  const out: Sighting[] = [];
  for (const event of events) {
    if (event.kind === 'decision.made') {
      for (const each of event.decision.candidates) {
        if (each.chosen && each.lat !== null && each.lon !== null) out.push({ unit: each.unit, at_ms: event.at_ms, lat: each.lat, lon: each.lon });
      }
    } else if (event.kind === 'assignment.updated' && event.lat !== null && event.lon !== null) {
      out.push({ unit: event.unit, at_ms: event.at_ms, lat: event.lat, lon: event.lon });
    }
  }
  return out;
}

/** The way of every unit up to a moment, oldest first. */
export function waysAt(all: readonly Sighting[], at_ms: number): Map<string, Sighting[]> {
  const ways = new Map<string, Sighting[]>();
  for (const each of all) {
    if (each.at_ms > at_ms) continue;
    const way = ways.get(each.unit);
    if (way) way.push(each);
    else ways.set(each.unit, [each]);
  }
  return ways;
}
