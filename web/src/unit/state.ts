/* The unit page's state: the link, the outbox, what they know, and the wires between. */

import { computed, signal } from '@preact/signals';
import { Link, browserWorld, socketUrl, type LinkState } from '../link/link.ts';
import { http } from '../link/http.ts';
import { anything } from '../protocol/login.ts';
import type { Command } from '../protocol/commands.ts';
import type { Notice } from '../protocol/objects.ts';
import { EMPTY_ORDERS, ordersLog, ordersSnapshot, type Orders } from '../store/orders.ts';
import { play } from '../ui/sound.ts';
import { forget, session } from '../ui/session.ts';
import { NewestFix } from './newest_fix.ts';
import { Outbox, type Entry } from './outbox.ts';
import { openRefusals, pressed, refuse, signedAgain } from './refusals.ts';
import { buzz, gps, gpsStart, gpsStop, stayAwake, type Fix } from './sensors.ts';
import { isLateOrder, parAsked, seenDuty, seenPanic, seenState, unheardNotices, type Press } from './steps.ts';

export const linkState = signal<LinkState>({ kind: 'idle' });
export const orders = signal<Orders>(EMPTY_ORDERS);
export const queued = signal<readonly Entry[]>([]);
export const loginNeeded = signal(false);
/** The engine's clock, ticking. */
export const now = signal(Date.now());

const commands = computed(() => queued.value.map((entry) => entry.command));
export const seen = computed(() => {
  const order = orders.value.order;
  return order ? seenState(order, commands.value) : null;
});
export const duty = computed(() => {
  const unit = orders.value.unit;
  return unit ? seenDuty(unit.duty, commands.value) : null;
});

/** When this page first had the order, by the engine's clock. */
const heard = signal<{ assignment_id: number; at_ms: number } | null>(null);
export const late = computed(() => {
  const order = orders.value.order;
  if (!order) return false;
  return isLateOrder(order, heard.value?.assignment_id === order.assignment.assignment_id ? heard.value.at_ms : null);
});

/** What is still to be acknowledged by the person: not what waits in the outbox already. */
export const unheard = computed(() => unheardNotices(orders.value.notices, commands.value));

export const panic = computed(() => seenPanic(orders.value.unit?.panic ?? 'none', commands.value));
export const askedWell = computed(() => (orders.value.order ? parAsked(orders.value.order, commands.value) : false));

const link = new Link(
  browserWorld(socketUrl()),
  {
    state(state) {
      linkState.value = state;
      if (state.kind === 'online') {
        outbox.flush();
        fixes.linked();
      }
      if (state.kind === 'stopped' && state.code === 4500) forget('device', 'expired');
    },
    snapshot(parts) {
      take(ordersSnapshot(orders.value, parts));
    },
    log(frame) {
      take(ordersLog(orders.value, frame));
    },
    bad(pointer, want) {
      console.warn(`a frame was refused: ${pointer} want ${want}`);
    },
  },
  ['orders'],
  'unit page',
);

const outbox = new Outbox(
  'kuaifan-unit',
  {
    post: (body) =>
      http('/v1/commands', anything, { method: 'POST', body, token: session.value?.token ?? null }),
    now: () => Math.round(link.clock.now()),
    after(ms, run) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  },
  {
    changed(entries) {
      queued.value = [...entries];
    },
    refused(entry, problem) {
      /* A receipt that comes too late is nobody's business. */
      if ('state' in entry.command && entry.command.state === 'delivered') return;
      /* Something newer came meanwhile, and is shown. */
      if (entry.command.op === 'notice.update') return;
      refuse({ command: entry.command, problem });
      play('refused');
      buzz([200, 100, 200]);
    },
    loggedOut() {
      loginNeeded.value = true;
      if (session.value) forget('device', 'expired');
    },
  },
);

const receipted = new Set<string>();

function take(next: Orders): void {
  const before = orders.value;
  orders.value = next;
  const assignment = next.order?.assignment;
  if (assignment && heard.peek()?.assignment_id !== assignment.assignment_id) {
    heard.value = { assignment_id: assignment.assignment_id, at_ms: link.clock.now() };
  }
  if (assignment?.state === 'sent' && !receipted.has(`${assignment.assignment_id}`)) {
    receipted.add(`${assignment.assignment_id}`);
    void outbox.add({
      op: 'assignment.update', assignment: assignment.assignment_id, state: 'delivered', device_ms: Date.now(),
    });
  }
  for (const notice of next.notices) {
    const name = `${notice.assignment_id}/${notice.number}`;
    if (notice.state !== 'sent' || receipted.has(name)) continue;
    receipted.add(name);
    hear(notice, 'delivered');
  }
  if (next.calls !== before.calls) ring();
  if (before.order && !next.order && next.ended && next.ended.state !== 'cleared' && next.ended.state !== 'declined') {
    play('lost', 0.5);
    buzz([400, 150, 400]);
  }
  if (next.unit?.duty === 'on') gpsStart((fix) => fixes.take(fix));
  else stopGps();
}

function stopGps(): void {
  gpsStop();
  fixes.forget();
}

let ringing: ReturnType<typeof setInterval> | null = null;

/** Ring until the order and the notices are answered, so that a phone on the dashboard is heard. */
function ring(): void {
  const once = (): void => {
    const state = seen.value?.state;
    if (state !== 'sent' && state !== 'delivered' && unheard.value.length === 0 && !askedWell.value && orders.value.call !== 'changed') {
      if (ringing !== null) clearInterval(ringing);
      ringing = null;
      return;
    }
    play('order', 0.7);
    buzz([300, 120, 300, 120, 600]);
  };
  once();
  if (orders.value.call === 'changed') return;
  ringing ??= setInterval(once, 4_000);
}

const fixes = new NewestFix<Fix>({
  monotonic: () => performance.now(),
  after: (ms, run) => void setTimeout(run, ms),
  send: sendFix,
});

function sendFix(fix: Fix): boolean {
  const shift = link.clock.now() - Date.now(); /* the phone's clock may be wrong, the engine's counts */
  const at: Record<string, number> = {
    lat: Number(fix.lat.toFixed(7)),
    lon: Number(fix.lon.toFixed(7)),
    at_ms: Math.round(fix.at_ms + shift),
    accuracy_m: Math.min(65_535, Math.max(0, Math.round(fix.accuracy_m))),
  };
  if (fix.heading !== null) at['heading'] = Math.round(fix.heading) % 360;
  if (fix.speed_kmh !== null) at['speed_kmh'] = Math.min(999, Math.max(0, Math.round(fix.speed_kmh)));
  return link.post({ op: 'position', fixes: [at] });
}

export function press(state: Press, reason?: string): void {
  const order = orders.value.order;
  if (!order) return;
  buzz(40);
  pressed();
  const command: Command = {
    op: 'assignment.update',
    assignment: order.assignment.assignment_id,
    state,
    device_ms: Date.now(),
  };
  if (reason !== undefined) command.reason = reason;
  void outbox.add(command);
}

function hear(notice: Notice, state: 'delivered' | 'acknowledged'): void {
  void outbox.add({
    op: 'notice.update', assignment: notice.assignment_id, number: notice.number, state, device_ms: Date.now(),
  });
}

/** Kept on the phone first, before all that waits. No sound: it may be heard by whom it must not. */
export function callForHelp(): void {
  buzz([80, 60, 80]);
  const fix = gps.value.fix;
  const at = fix ? { lat: Number(fix.lat.toFixed(7)), lon: Number(fix.lon.toFixed(7)) } : {};
  void outbox.addFirst({ op: 'unit.panic', ...at, device_ms: Date.now() });
}

export function sayWell(): void {
  const order = orders.value.order;
  if (!order) return;
  buzz(40);
  void outbox.add({ op: 'assignment.par', assignment: order.assignment.assignment_id, device_ms: Date.now() });
}

/** The order that support was asked for: until the engine has it, the outbox says so. */
export const supported = signal<number | null>(null);

export function askSupport(what: string): void {
  const order = orders.value.order;
  if (!order) return;
  buzz([60, 40, 60]);
  supported.value = order.assignment.assignment_id;
  void outbox.add({ op: 'assignment.support', assignment: order.assignment.assignment_id, note: what });
}

/** One tap acknowledges all that is shown. */
export function acknowledgeNotices(): void {
  buzz(40);
  for (const notice of unheard.value) hear(notice, 'acknowledged');
}

/** With people and equipment; plain `on` says nothing of them. */
export function signOn(with_what: { people: number; crew: string; equipment: string[]; device: string }): void {
  buzz(40);
  pressed();
  void outbox.add({ op: 'unit.duty', duty: 'on', ...with_what });
}

/** The places that were signed here, by code: the engine is told the code alone. */
export const signedNames = new Map<string, string>();

/** In one line with the rest: going off duty must not overtake it. */
export function signAt({ code, name }: { code: string; name: string }): void {
  signedNames.set(code, name);
  signedAgain(code);
  void outbox.add({ op: 'checkpoint.sign', checkpoint: code, visit: 'signed', device_ms: Date.now() });
}

export function setDuty(next: 'on' | 'off'): void {
  buzz(40);
  pressed();
  void outbox.add({ op: 'unit.duty', duty: next });
}

export function addNote(text: string): void {
  const order = orders.value.order;
  if (order && text !== '') void outbox.add({ op: 'incident.note', incident: order.incident.incident_id, note: text });
}

export function gesture(): void {
  void stayAwake();
}

export function start(): () => void {
  const held = session.value;
  if (!held) return () => undefined;
  loginNeeded.value = false;
  const owner = held.user.unit ?? held.user.name;
  openRefusals(owner);
  void outbox.open(owner);
  link.start(held.token);
  const tick = setInterval(() => {
    now.value = link.clock.now();
  }, 250);
  const back = (): void => {
    if (document.hidden) return;
    link.nudge();
    outbox.flush();
    void stayAwake();
  };
  addEventListener('online', back);
  document.addEventListener('visibilitychange', back);
  return () => {
    clearInterval(tick);
    removeEventListener('online', back);
    document.removeEventListener('visibilitychange', back);
    link.stop();
    stopGps();
    orders.value = EMPTY_ORDERS;
  };
}

export { gps };
