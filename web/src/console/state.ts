/* The console's state: what the link brings, what the dispatcher has chosen, and the one way to give a
 * command. Messages change plain values; what is drawn follows once a frame. */

import { batch, computed, effect, signal } from '@preact/signals';
import { http } from '../link/http.ts';
import { Link, browserWorld, socketUrl, type Held, type LinkState, type Outcome } from '../link/link.ts';
import type { Command } from '../protocol/commands.ts';
import * as api from '../protocol/http.ts';
import type { Alarm, Event, Incident } from '../protocol/objects.ts';
import { ASSIGNMENT_ACTIVE, type TierName } from '../protocol/values.ts';
import { incidentOf } from '../store/about.ts';
import { applyLog, applySnapshot, EMPTY_CITY, type City } from '../store/city.ts';
import { problemText } from '../ui/problem.ts';
import { forget, session } from '../ui/session.ts';
import { play } from '../ui/sound.ts';
import {
  assignmentsByIncident, boundsOf, decisionsIn, isEnded, isLate, offersOf, proposed, queueOf, unacked, type QueueFilter,
} from './derive.ts';
import { Fleet } from './fleet.ts';
import { isQuiet, recentRaises, SHELVE_MINUTES_MAX } from './alarms.ts';
import { t, word } from './words.ts';

export const city = signal<City>(EMPTY_CITY);
export const loaded = signal(false);
export const linkState = signal<LinkState>({ kind: 'idle' });
export const now = signal(Date.now());
/** Seconds since the link last said anything; null before it did. */
export const silenceS = signal<number | null>(null);
export const unanswered = signal(0);
export const held = signal<readonly Held[]>([]);
export const badFrame = signal<string | null>(null);

export const selectedId = signal<number | null>(null);
export const selectedUnit = signal<string | null>(null);
export const queueFilter = signal<QueueFilter>('open');
/** Units that the order button would send, and in which tier. */
export const picks = signal<ReadonlyMap<string, TierName>>(new Map());
const picksTouched = signal(false);
export const detail = signal<api.IncidentDetail | null>(null);
export const liveEvents = signal<readonly Event[]>([]);
export const reporting = signal(false);
export const helping = signal(false);
export const handingOver = signal(false);
/** The map waits for a click: who asked gets the place. */
export const placing = signal<((at: { lat: number; lon: number }) => void) | null>(null);
export const target = signal<{ lat: number; lon: number; zoom: number } | null>(null);
export const mapInfo = signal<api.MapInfo | null>(null);
/** The engine has no map: units and incidents are drawn on an empty ground. */
export const noMap = signal(false);

export const policy = signal<api.Policy | null>(null);

export interface Result {
  kind: 'ok' | 'bad' | 'wait' | 'ask';
  text: string;
}
export const result = signal<Result | null>(null);

export const fleet = new Fleet();
export const fleetVersion = signal(0);

/** A part of the city, so that what depends on units alone does not run for every event. */
export const units = computed(() => city.value.units);
export const queue = computed(() => queueOf(city.value, queueFilter.value, now.value));
export const counts = computed(() => {
  const open = [...city.value.incidents.values()].filter((incident) => !isEnded(incident));
  return {
    open: open.length,
    pending: open.filter((incident) => incident.state === 'pending').length,
    late: open.filter((incident) => isLate(incident, now.value)).length,
  };
});
const assignments = computed(() => assignmentsByIncident(city.value));
export const assignmentsFor = (incident: number): NonNullable<ReturnType<typeof assignments.value.get>> =>
  assignments.value.get(incident) ?? [];
export const selected = computed<Incident | null>(() =>
  selectedId.value === null ? null : (city.value.incidents.get(selectedId.value) ?? null),
);
/** The log brings decisions of incidents that wait; those of the others are in the record. */
const recorded = computed(() => decisionsIn([...(detail.value?.timeline ?? []), ...liveEvents.value]));
export const offers = computed(() => {
  const incident = selected.value;
  return incident ? offersOf(city.value, incident, assignmentsFor(incident.incident_id), recorded.value) : [];
});
export const alarms = computed(() => unacked(city.value));

/** All lists have just been made anew: a click that was on its way would hit another row. */
export const settling = signal(false);
const SETTLE_MS = 500;

function settle(): void {
  settling.value = true;
  setTimeout(() => (settling.value = false), SETTLE_MS);
}

/* ---- the link ---- */

let latest: City = EMPTY_CITY;
let scheduled = false;

/** Once a frame; a page in the background gets no frames but must still ring. */
function flush(): void {
  if (scheduled) return;
  scheduled = true;
  const run = (): void => {
    scheduled = false;
    if (latest.units !== city.value.units) fleet.takeUnits(latest.units.values());
    city.value = latest;
  };
  if (document.hidden) setTimeout(run, 0);
  else requestAnimationFrame(run);
}

/** Counts what the engine says of the cover: that it has changed. */
export const coverageNews = signal(0);

export const link = new Link(
  browserWorld(socketUrl()),
  {
    state(state) {
      const before = linkState.value.kind;
      linkState.value = state;
      if (before === 'online' && state.kind !== 'online') play('lost');
      if (state.kind === 'stopped' && state.code === 4500) forget('tab', 'expired');
    },
    snapshot(parts) {
      if (loaded.value) settle();
      latest = applySnapshot(parts);
      raised.value = recentRaises([...latest.alarms.values()].filter((alarm) => !isQuiet(alarm)).map((alarm) => alarm.raised_ms), link.clock.now());
      fleet.clear();
      loaded.value = true;
      badFrame.value = null;
      flush();
      if (selectedId.value !== null) void fetchDetail(selectedId.value);
    },
    log(frame) {
      latest = applyLog(latest, frame);
      const id = selectedId.value;
      if (id !== null) {
        const mine = frame.events.filter((event) => incidentOf(event) === id);
        if (mine.length > 0) liveEvents.value = [...liveEvents.value, ...mine];
      }
      for (const event of frame.events) {
        if (event.kind === 'policy.put' && session.value) loadPolicy(session.value.token);
        if (event.kind === 'alarm.raised' && event.alarm.acked_ms === null) {
          if (!isQuiet(event.alarm)) raised.value = recentRaises([...raised.value, event.at_ms], link.clock.now());
          ring(event.alarm);
        } else if (event.kind === 'alarm.returned') {
          const back = latest.alarms.get(event.alarm_id);
          if (back) ring(back);
        } else if (event.kind === 'incident.opened' && event.incident.priority <= 2 && mutedUntil.value <= link.clock.now()) {
          play(event.incident.priority === 1 ? 'p1' : 'p2');
        }
      }
      flush();
    },
    coverage() {
      coverageNews.value += 1;
    },
    positions(frame) {
      fleet.takeFrame(frame);
      fleetVersion.value += 1;
    },
    bad(pointer, want) {
      badFrame.value = pointer;
      console.warn(`a frame was refused: ${pointer} want ${want}`);
    },
    held(commands) {
      held.value = commands;
    },
  },
  ['city', 'units'],
  'console',
);

function loadPolicy(token: string): void {
  void http('/v1/policy', api.policy, { token }).then((reply) => {
    if (reply.ok) policy.value = reply.value;
  });
}

export function start(): () => void {
  const login = session.value;
  if (!login) return () => undefined;
  link.start(login.token);
  void http('/v1/map', api.map, { token: login.token }).then((reply) => {
    if (reply.ok) mapInfo.value = reply.value.map;
    else if (reply.status === 404) noMap.value = true;
  });
  loadPolicy(login.token);
  const tick = setInterval(() => {
    const silence = link.silenceMs();
    batch(() => {
      now.value = link.clock.now();
      silenceS.value = silence === null ? null : Math.floor(silence / 1000);
      unanswered.value = link.unanswered;
    });
  }, 1000);
  const alarmTick = setInterval(ringAgain, 1000);
  const back = (): void => {
    if (!document.hidden) link.nudge();
  };
  addEventListener('online', back);
  document.addEventListener('visibilitychange', back);
  return () => {
    clearInterval(tick);
    clearInterval(alarmTick);
    removeEventListener('online', back);
    document.removeEventListener('visibilitychange', back);
    link.stop();
    batch(() => {
      latest = EMPTY_CITY;
      city.value = EMPTY_CITY;
      loaded.value = false;
      selectedId.value = null;
      fleet.clear();
    });
  };
}

/* ---- alarms ---- */

const RING_AGAIN_MS = 10_000;
const LOUDER_AFTER_MS = 30_000;
export const mutedUntil = signal(0);
export const alarmsOpen = signal(false);
/** When alarms were raised, the last ten minutes: a flood is told from these. */
export const raised = signal<readonly number[]>([]);
let rangMs = 0;

function urgencyOf(alarm: Alarm): number {
  const incident = alarm.incident_id === null ? undefined : latest.incidents.get(alarm.incident_id);
  return incident?.priority ?? (isQuiet(alarm) ? 3 : 1);
}

/** P1 and P2 differ in rhythm; once unheard for half a minute it is louder, once. */
function ring(alarm: Alarm): void {
  if (mutedUntil.value > link.clock.now()) return;
  rangMs = link.clock.now();
  play(urgencyOf(alarm) > 1 ? 'p2' : 'p1', rangMs - alarm.raised_ms > LOUDER_AFTER_MS ? 0.35 : 0.2);
}

/** Until somebody has acknowledged them, they are heard every ten seconds; of gaps, once is enough. */
function ringAgain(): void {
  const first = alarms.value[0];
  if (first && !isQuiet(first) && link.clock.now() - rangMs >= RING_AGAIN_MS) ring(first);
}

/** Everything for a minute, but not while a first-priority alarm waits: that one wants an answer. */
export function mute(): void {
  if (alarms.value.some((alarm) => urgencyOf(alarm) === 1)) {
    say('bad', t('sound.no_mute'));
    return;
  }
  mutedUntil.value = link.clock.now() + 60_000;
}

export function ackAlarm(alarm: number): void {
  give({ op: 'alarm.ack', alarm }, () => t('cmd.acked'));
}

/** The engine's bound, less what two clocks may differ by. */
const SHELVE_MS_MAX = SHELVE_MINUTES_MAX * 60_000 - 2_000;

/** Not now: it comes back by itself, and how often it was put off is counted. */
export function shelveAlarm(alarm: number, minutes: number, reason = 'can_wait', note = ''): void {
  give(
    { op: 'alarm.shelve', alarm, reason, until_ms: Math.round(link.clock.now()) + Math.min(minutes * 60_000, SHELVE_MS_MAX), ...(note === '' ? {} : { note }) },
    () => t('cmd.shelved', { n: minutes }),
  );
}

/** So many at once, within what a session may say in a burst. */
const ACKS_MAX = 100;

export function ackAll(list: readonly Alarm[]): void {
  for (const alarm of list.slice(0, ACKS_MAX)) ackAlarm(alarm.alarm_id);
}

/** The first of those that ring; gaps in the cover come last and together. */
export function ackOldest(): void {
  const first = alarms.value[0];
  if (first) ackAll(isQuiet(first) ? alarms.value : [first]);
}

/* ---- choosing ---- */

export function select(id: number | null): void {
  batch(() => {
    if (selectedId.value !== id) {
      selectedId.value = id;
      detail.value = null;
      liveEvents.value = [];
      picksTouched.value = false;
    }
  });
  if (id !== null) void fetchDetail(id);
}

/** The record follows the log by a moment: an incident that was just opened may not be in it yet. */
const DETAIL_TRIES = 6;
const DETAIL_AGAIN_MS = 300;

async function fetchDetail(id: number, tries = 1): Promise<void> {
  const reply = await http(`/v1/incidents/${id}`, api.incidentDetail, { token: session.value?.token ?? null });
  if (selectedId.value !== id) return;
  if (reply.ok) detail.value = reply.value;
  else if (reply.status === 404 && tries < DETAIL_TRIES) setTimeout(() => void fetchDetail(id, tries + 1), DETAIL_AGAIN_MS);
  else if (reply.status === 401) forget('tab', 'expired');
  else result.value = { kind: 'bad', text: problemText(reply.problem) };
}

export function selectNext(step: 1 | -1): void {
  const pending = queueOf(latest, 'pending', now.value);
  const rows = pending.length > 0 ? pending : queueOf(latest, 'open', now.value);
  if (rows.length === 0) return;
  const at = rows.findIndex((incident) => incident.incident_id === selectedId.value);
  const next = rows[(at + step + rows.length) % rows.length];
  if (next) {
    select(next.incident_id);
    show(next, 14);
  }
}

export function show(at: { lat: number; lon: number }, zoom = 15): void {
  target.value = { lat: at.lat, lon: at.lon, zoom };
}

/* Without a map the view is what is known of the city: its units, circles and incidents. */
effect(() => {
  if (!noMap.value || mapInfo.value !== null || !loaded.value) return;
  const bounds = boundsOf([...city.value.units.values(), ...city.value.circles.values(), ...city.value.incidents.values()]);
  if (bounds) mapInfo.value = { id: null, name: '', attribution: '', bounds, has_roads: false };
});

/* What would be sent follows the recommendation until the dispatcher touches it. */
effect(() => {
  const next = proposed(offers.value);
  if (!picksTouched.value) picks.value = next;
});

export function togglePick(unit: string, tier: TierName): void {
  const next = new Map(picks.value);
  if (next.get(unit) === tier) next.delete(unit);
  else next.set(unit, tier);
  picksTouched.value = true;
  picks.value = next;
}

/* ---- commands ---- */

export interface GiveOptions {
  failed?: (outcome: Outcome) => void;
  /** What would take it back, asked when somebody wants to. */
  undo?: () => Command[];
}

/** So long an own command may be taken back with one word; the engine decides whether it still goes. */
const UNDO_MS = 10_000;
let last: { undo: () => Command[]; text: string; untilMonotonic: number } | null = null;

/** What our own commands made of an incident: its event may be a frame behind the answer, and we would be
 * told that we ourselves were first. Another's change is newer than this, and still refuses. */
const generations = new Map<number, number>();

function upToDate(command: Command): Command {
  if (!('incident' in command) || !('generation' in command) || typeof command.generation !== 'number') return command;
  const generation = Math.max(command.generation, generations.get(command.incident) ?? 0);
  return generation === command.generation ? command : { ...command, generation };
}

function remember({ incident_id, generation }: Record<string, unknown>): void {
  if (typeof incident_id === 'number' && typeof generation === 'number') generations.set(incident_id, generation);
}

/** Give a command; the line below says what became of it. */
export function give(command: Command, done: (res: Record<string, unknown>) => string, { failed, undo }: GiveOptions = {}): void {
  const began = performance.now();
  result.value = { kind: 'wait', text: t('cmd.sent') };
  link.send(upToDate(command), (outcome) => {
    const ms = Math.round(performance.now() - began);
    if (outcome.ok) {
      remember(outcome.res);
      const text = done(outcome.res);
      last = undo ? { undo, text, untilMonotonic: performance.now() + UNDO_MS } : last;
      result.value = { kind: 'ok', text: `${text} (${t('cmd.ms', { ms })})${undo ? ` · ${t('cmd.undo_hint')}` : ''}` };
      play('accepted', 0.1);
    } else {
      result.value = { kind: 'bad', text: t('cmd.refused', { why: problemText(outcome.problem) }) };
      play('refused');
      failed?.(outcome);
    }
    unanswered.value = link.unanswered;
  });
  unanswered.value = link.unanswered;
}

/** Take back the last own command that can be. */
export function undo(): boolean {
  const held = last;
  last = null;
  const commands = held && performance.now() < held.untilMonotonic ? held.undo() : [];
  if (!held || commands.length === 0) {
    say('bad', t('cmd.nothing_to_undo'));
    return false;
  }
  for (const command of commands) give(command, () => t('cmd.undone', { what: held.text }));
  return true;
}

export function say(kind: Result['kind'], text: string): void {
  result.value = { kind, text };
  if (kind === 'bad') play('refused');
}

/** The less urgent incident that gives up this unit, if it is on its way there; null: none is robbed. */
export function victimOf(unit: string, incident: Incident): number | null {
  const held = city.value.units.get(unit);
  const victim = held?.incident_id == null ? undefined : city.value.incidents.get(held.incident_id);
  return victim && held?.status !== 'on_scene' && victim.priority > incident.priority ? victim.incident_id : null;
}

export function hold(incident: number, minutes: number, note = ''): void {
  give(
    {
      op: 'incident.hold', incident, reason: 'can_wait', review_ms: Math.round(link.clock.now()) + minutes * 60_000,
      ...(note === '' ? {} : { note }),
    },
    () => t('cmd.held', { id: incident, n: minutes }),
  );
}

export function live(verb: 'release' | 'reopen' | 'claim', incident: number, note = ''): void {
  const more = note === '' ? {} : { note };
  const done = (): string => t(`cmd.${verb}_done`, { id: incident });
  if (verb === 'reopen') give({ op: 'incident.reopen', incident, reason: 'new_facts', ...more }, done);
  else give({ op: `incident.${verb}`, incident, ...more }, done);
}

export function merge(incident: number, into: number): void {
  give({ op: 'incident.merge', incident, into, move: true }, () => t('cmd.merged', { id: incident, into }));
}

export function handOver(incident: number, to: string): void {
  give({ op: 'incident.hand_over', incident, ...(to === '' ? {} : { to }) }, () => t('cmd.handed_over', { id: incident, name: to === '' ? '—' : to }));
}

export function order(incident: Incident, units: ReadonlyMap<string, TierName>): void {
  if (units.size === 0) {
    say('bad', t('cmd.need_unit'));
    return;
  }
  if (units.size > 16) {
    say('bad', t('cmd.too_many'));
    return;
  }
  const list = [...units].map(([unit, tier]) => {
    const victim = victimOf(unit, incident);
    return victim === null ? { unit, tier } : { unit, tier, victim };
  });
  give(
    { op: 'incident.order', incident: incident.incident_id, generation: incident.generation, units: list },
    () => t('cmd.ordered', { units: [...units.keys()].join(' '), id: incident.incident_id }),
    {
      failed(outcome) {
        /* Somebody else was faster: show what is so now. */
        if (!outcome.ok && outcome.problem.code === 'stale_generation') picksTouched.value = false;
      },
      undo: () =>
        assignmentsFor(incident.incident_id)
          .filter((item) => units.has(item.unit) && ASSIGNMENT_ACTIVE.has(item.state))
          .map((item) => ({ op: 'assignment.recall', assignment: item.assignment_id, reason: 'dispatcher' })),
    },
  );
  picksTouched.value = false;
}

export function orderPicked(): void {
  if (selected.value) order(selected.value, picks.value);
}

export function orderNumber(number: number): void {
  const incident = selected.value;
  const offer = offers.value.flatMap((tier) => tier.offers).find((item) => item.number === number);
  if (!incident || !offer) {
    say('bad', t('cmd.no_recommendation', { n: number }));
    return;
  }
  order(incident, new Map([[offer.candidate.unit, offer.tier]]));
}

export function onBehalf(assignment: number, unit: string, state: 'acknowledged' | 'en_route' | 'on_scene' | 'cleared'): void {
  give({ op: 'assignment.update', assignment, state }, () =>
    t('cmd.state_done', { unit, state: word('astate', state) }),
  );
}

export function recommend(incident: number): void {
  picksTouched.value = false;
  give({ op: 'incident.recommend', incident }, () => t('cmd.recommended', { id: incident }));
}
