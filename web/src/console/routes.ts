/* The ways of those who are ordered to the selected incident, by the roads of now. One question at a
 * time; a way is asked for again when its unit has moved, or the roads have changed. */

import { computed, effect, signal } from '@preact/signals';
import { http } from '../link/http.ts';
import * as api from '../protocol/http.ts';
import { metres } from '../ui/format.ts';
import { session } from '../ui/session.ts';
import { isEnded } from './derive.ts';
import { dueRoute, UNDER_WAY, type HeldRoute, type RouteWish } from './route_plan.ts';
import { assignmentsFor, fleet, mapInfo, selected } from './state.ts';
import { trafficVersion } from './traffic.ts';

const TICK_MS = 1000;

/** By unit; `line` is null: there is no way by road, or nobody knows where the unit is. */
export const routes = signal<ReadonlyMap<string, HeldRoute>>(new Map());

const wishes = computed((): readonly RouteWish[] => {
  const incident = selected.value;
  if (!incident || isEnded(incident)) return [];
  return assignmentsFor(incident.incident_id)
    .filter((item) => UNDER_WAY.has(item.state))
    .map((item) => ({ unit: item.unit, incident: incident.incident_id, to: `${incident.lat},${incident.lon}` }));
});

let asking = false;
/** What was asked before the last change of wishes is answered to nobody. */
let round = 0;

async function ask(): Promise<void> {
  const token = session.peek()?.token ?? null;
  if (asking || token === null || document.hidden || mapInfo.peek()?.has_roads !== true) return;
  const at = (unit: string): { lat: number; lon: number } | null => {
    const index = fleet.indexOf(unit);
    return index === null ? null : fleet.at(index);
  };
  const due = dueRoute(wishes.peek(), routes.peek(), at, trafficVersion.peek(), performance.now(), metres);
  if (!due) return;
  asking = true;
  const mine = round;
  const from = at(due.unit);
  const reply = await http(`/v1/route?unit=${encodeURIComponent(due.unit)}&incident=${due.incident}`, api.route, { token });
  asking = false;
  if (mine !== round) return void ask();
  const busy = !reply.ok && reply.status !== 404;
  const before = routes.peek().get(due.unit);
  const held: HeldRoute = {
    ...due, from, askedAt: performance.now(),
    version: reply.ok ? reply.value.properties.traffic_version : busy ? -1 : trafficVersion.peek(),
    line: reply.ok ? reply.value.geometry.coordinates : busy ? (before?.line ?? null) : null,
    travel_ms: reply.ok ? reply.value.properties.travel_ms : busy ? (before?.travel_ms ?? null) : null,
    distance_m: reply.ok ? reply.value.properties.distance_m : busy ? (before?.distance_m ?? null) : null,
  };
  routes.value = new Map(routes.peek()).set(due.unit, held);
  if (!busy) void ask();
}

export function watchRoutes(): () => void {
  const timer = setInterval(() => void ask(), TICK_MS);
  const stop = effect(() => {
    const wanted = new Map(wishes.value.map((wish) => [wish.unit, wish]));
    void trafficVersion.value;
    void mapInfo.value;
    const kept = [...routes.peek()].filter(([unit, held]) => wanted.get(unit)?.to === held.to && wanted.get(unit)?.incident === held.incident);
    if (kept.length !== routes.peek().size) {
      routes.value = new Map(kept);
      round += 1;
    }
    void ask();
  });
  return () => {
    clearInterval(timer);
    stop();
    round += 1;
    routes.value = new Map();
  };
}
