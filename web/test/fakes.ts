/* A world that a test drives by hand: its clock, its timers, its sockets. Nothing here waits. */

import type { LinkWorld, Socket } from '../src/link/link.ts';
import type { Assignment, Incident, Notice, Order, Unit } from '../src/protocol/objects.ts';

export class FakeSocket implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown; timeStamp?: number }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  onerror: (() => void) | null = null;
  sent: Record<string, unknown>[] = [];
  closed = false;

  send(data: string): void {
    this.sent.push(JSON.parse(data) as Record<string, unknown>);
  }
  close(): void {
    this.closed = true;
  }
  say(message: unknown, came = {}): void {
    this.onmessage?.({ data: JSON.stringify(message), ...came });
  }
  raw(data: unknown): void {
    this.onmessage?.({ data });
  }
  end(code: number): void {
    this.onclose?.({ code });
  }
  /** The last message with this op. */
  last(op: string): Record<string, unknown> | undefined {
    return this.sent.findLast((message) => message['op'] === op);
  }
  count(op: string): number {
    return this.sent.filter((message) => message['op'] === op).length;
  }
}

export class FakeWorld implements LinkWorld {
  sockets: FakeSocket[] = [];
  time = 1_000;
  private timers: { at: number; run: () => void }[] = [];

  open(): FakeSocket {
    const socket = new FakeSocket();
    this.sockets.push(socket);
    return socket;
  }
  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error('no socket was opened');
    return socket;
  }
  monotonic(): number {
    return this.time;
  }
  after(ms: number, run: () => void): () => void {
    const timer = { at: this.time + ms, run };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((held) => held !== timer);
    };
  }
  random(): number {
    return 0.5;
  }
  pass(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const due = this.timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.timers = this.timers.filter((timer) => timer !== due);
      this.time = Math.max(this.time, due.at);
      due.run();
    }
    this.time = end;
  }
}

export const USER = { name: 'wang', display: '王敏', role: 'dispatcher', scope: 'city', unit: null };

export function anUnit(code: string, more: Partial<Unit> = {}): Unit {
  return {
    index: Number(code.replace(/\D/g, '')) || 0, code, name: `单元${code}`, kind: 'car', circle: null, district: null, area: null,
    people: 2, capabilities: [], synthetic: true, duty: 'on', people_on: 2, crew: null, equipment: [], device: null, status: 'available', status_ms: 1000,
    assignment_id: null, incident_id: null, panic: 'none', lat: 57.7, lon: 11.97, fix_ms: 1000, ...more,
  };
}

export function anIncident(id: number, more: Partial<Incident> = {}): Incident {
  const tier = { verdict: 'open', wanted: 1, target_ms: 60_000, deadline_ms: 1_060_000, elapsed_ms: null } as const;
  return {
    incident_id: id, generation: 1, type: 'fire', priority: 1, state: 'pending', lat: 57.7, lon: 11.97,
    address: '中山东路1号', note: null, caller: null, phone: null, district: null, circle: null, beat: null, grid: null, drill: false,
    mode: 'recommend', policy: 'mutual-aid', policy_version: 1, plan: null, warning: null, report_count: 1, received_ms: 1_000_000, created_ms: 1_000_010,
    dispatched_ms: null, on_scene_ms: null, ended_ms: null, clock_ms: 1_000_000, held_ms: null, review_ms: null, hold_reason: 'none', owner: null, owner_ms: null,
      duplicate_of: null, similar: null, reopened: 0,
    tiers: { '1': { ...tier }, '3': { ...tier, target_ms: 180_000 }, '5': { ...tier, target_ms: 300_000 } }, ...more,
  };
}

export function anAssignment(id: number, incident: number, unit: string, more: Partial<Assignment> = {}): Assignment {
  return {
    assignment_id: id, incident_id: incident, unit, tier: '3', state: 'sent', version: 1, late: false,
    additional: false, automatic: false, estimated: false, travel_ms: 65_000, distance_m: 700, rank: 1, wave: 0, reason: null,
    sent_ms: 1_000_500, delivered_ms: null, acknowledged_ms: null, en_route_ms: null, on_scene_ms: null,
    ended_ms: null, resent: 0, corrected: 0, par_asked_ms: null, ...more,
  };
}

export function aNotice(assignment: number, number: number, more: Partial<Notice> = {}): Notice {
  return {
    assignment_id: assignment, incident_id: 7, unit: 'P1', number, kinds: ['danger'], state: 'sent', level: 'danger', text: '持刀',
    sent_ms: 2_000_000, delivered_ms: null, acknowledged_ms: null, resent: 0, ...more,
  };
}

export function anOrder(id: number, incident: number, unit: string, more: Partial<Assignment> = {}): Order {
  return {
    assignment: anAssignment(id, incident, unit, more),
    incident: {
      incident_id: incident, type: 'fire', priority: 1, lat: 57.7, lon: 11.97, address: '中山东路1号', note: null,
      drill: false, received_ms: 1_000_000, target_ms: 180_000, warning: null, plan: null,
    },
  };
}
