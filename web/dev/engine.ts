/* A make-believe engine for working on the pages without the real one. It follows docs/PROTOCOL.md and
 * keeps its state with the pages' own reducer; it is never built into anything that ships. */

import { applyLog, EMPTY_CITY, type City } from '../src/store/city.ts';
import { decode, type LogFrame } from '../src/protocol/frames.ts';
import { events as checkEvents, type Assignment, type Incident, type Tier, type Unit } from '../src/protocol/objects.ts';
import { ASSIGNMENT_ACTIVE, TIERS, UNIT_STATUSES, type TierName } from '../src/protocol/values.ts';

export const CENTER = { lat: 57.7012, lon: 11.9668 };
const SPAN = { lat: 0.045, lon: 0.085 };
const KINDS = ['post', 'foot', 'motorcycle', 'car', 'grid', 'volunteer', 'station'] as const;
const TYPES = ['public_order', 'crime', 'traffic', 'fire', 'medical', 'help', 'dispute', 'other'] as const;
const STREETS = ['Avenyn', 'Vasagatan', 'Linnégatan', 'Storgatan', 'Kungsgatan', 'Södra Vägen', 'Skånegatan', 'Första Långgatan', '中山路', '人民大街'];
const TARGET: Record<TierName, number> = { '1': 60_000, '3': 180_000, '5': 300_000 };
const TIER_KINDS: Record<TierName, readonly string[]> = {
  '1': ['post', 'station'], '3': ['foot', 'grid', 'volunteer', 'motorcycle'], '5': ['car', 'motorcycle'],
};

export class DevEngine {
  city: City = { ...EMPTY_CITY, epoch: 'dev-1' };
  log: LogFrame[] = [];
  listeners = new Set<(frame: LogFrame) => void>();
  moved = new Map<string, { lat: number; lon: number; heading: number; speed: number }>();
  timelines = new Map<number, object[]>();
  private seq = 0;
  private nextIncident = 1000;
  private nextAssignment = 5000;
  private nextAlarm = 1;
  private seed = 7;

  constructor(units: number) {
    const put: object[] = [];
    for (let i = 0; i < 12; i++) {
      put.push({ kind: 'circle.put', circle: { code: `C${i + 1}`, name: `快反圈 ${i + 1}`, ...this.place(), radius_m: 400, district: 'D1' } });
    }
    for (let i = 0; i < units; i++) {
      const at = this.place();
      const kind = KINDS[i % KINDS.length]!;
      put.push({
        kind: 'unit.put',
        unit: {
          index: i, code: `P${i + 1}`, name: `${['东区', '西区', '南区', '北区'][i % 4]} ${i + 1} 组`, kind, circle: `C${(i % 12) + 1}`,
          district: 'D1', people: 2 + (i % 3), capabilities: i % 5 === 0 ? ['armed'] : ['first_aid'], synthetic: true, ...at,
        },
      });
      this.moved.set(`P${i + 1}`, { ...at, heading: this.random() * 360, speed: kind === 'car' ? 38 : kind === 'motorcycle' ? 30 : kind === 'post' || kind === 'station' ? 0 : 5 });
      if (i % 11 !== 0) put.push({ kind: 'unit.duty', unit: `P${i + 1}`, duty: i % 37 === 0 ? 'out_of_service' : 'on', reason: 'none', people: 2 });
    }
    this.emit(put);
  }

  random(): number {
    this.seed = (Math.imul(this.seed, 1664525) + 1013904223) >>> 0;
    return this.seed / 2 ** 32;
  }

  place(): { lat: number; lon: number } {
    return {
      lat: Number((CENTER.lat + (this.random() - 0.5) * SPAN.lat).toFixed(7)),
      lon: Number((CENTER.lon + (this.random() - 0.5) * SPAN.lon).toFixed(7)),
    };
  }

  emit(bare: object[], actor = 'system', source = 'system'): void {
    const from = this.seq + 1;
    const full = bare.map((event) => ({ seq: ++this.seq, at_ms: Date.now(), actor, source, ...event }));
    const checked = decode(checkEvents, full);
    if (!checked.ok) throw new Error(`the make-believe engine broke the protocol at ${checked.pointer}: want ${checked.want}`);
    const frame = { t: 'log', stream: 'city', epoch: this.city.epoch, from, upto: this.seq, events: checked.value } as LogFrame;
    this.city = applyLog(this.city, frame);
    for (const event of full) this.remember(event as Record<string, unknown>);
    this.log.push({ ...frame, events: full as never });
    if (this.log.length > 2000) this.log.shift();
    for (const listener of this.listeners) listener(this.log.at(-1)!);
  }

  private remember(event: Record<string, unknown>): void {
    const body = (event['incident'] ?? event['assignment'] ?? event['decision'] ?? event['report'] ?? event['alarm'] ?? event) as Record<string, unknown>;
    const id = Number(body['incident_id'] ?? 0);
    if (id > 0) this.timelines.set(id, [...(this.timelines.get(id) ?? []), event]);
  }

  report(body: Record<string, unknown>, actor: string): { report_id: number; incident_id: number; merged: boolean } {
    const id = ++this.nextIncident;
    const now = Date.now();
    const priority = Number(body['priority'] ?? 2);
    const tier = (name: TierName): Tier => ({
      verdict: name === '5' && priority === 4 ? 'not_asked' : 'open', wanted: name === '5' && priority === 4 ? 0 : name === '3' ? 2 : 1,
      target_ms: TARGET[name], deadline_ms: now + TARGET[name], elapsed_ms: null,
    });
    const text = (name: string): string | null => (body[name] === undefined ? null : String(body[name]));
    const incident: Incident = {
      incident_id: id, generation: 1, type: body['type'] as Incident['type'], priority, state: 'pending',
      lat: Number(body['lat']), lon: Number(body['lon']), address: text('address'), note: text('note'), caller: text('caller'),
      phone: text('phone'), district: 'D1', circle: 'C1', beat: null, grid: null, drill: body['drill'] === true,
      mode: id % 3 === 0 ? 'auto' : 'recommend', policy: 'mutual-aid', policy_version: 1, plan: null, warning: null, report_count: 1, received_ms: now, created_ms: now,
      dispatched_ms: null, on_scene_ms: null, ended_ms: null, clock_ms: now, held_ms: null, review_ms: null, hold_reason: 'none', owner: null, owner_ms: null,
      duplicate_of: null, similar: null, reopened: 0,
      tiers: { '1': tier('1'), '3': tier('3'), '5': tier('5') },
    };
    const report = {
      report_id: id, incident_id: id, merged: false, channel: body['channel'] ?? 'phone', type: incident.type, priority, lat: incident.lat, lon: incident.lon,
      address: incident.address, caller: incident.caller, phone: incident.phone, note: incident.note, occurred_ms: null, received_ms: now, drill: incident.drill,
    };
    this.emit([{ kind: 'report.received', report }, { kind: 'incident.opened', incident }], actor, 'api');
    this.recommend(id);
    if (incident.mode === 'auto') {
      const chosen = [...this.city.decisions.values()].filter((d) => d.incident_id === id).flatMap((d) => d.candidates.filter((c) => c.chosen).map((c) => ({ unit: c.unit, tier: d.tier })));
      this.order(id, chosen, 'system');
    }
    return { report_id: id, incident_id: id, merged: false };
  }

  recommend(id: number): void {
    const incident = this.city.incidents.get(id);
    if (!incident) return;
    const at = (unit: Unit): number => {
      const m = this.moved.get(unit.code)!;
      return Math.hypot((m.lat - incident.lat) * 111_195, (m.lon - incident.lon) * 111_195 * Math.cos((incident.lat * Math.PI) / 180));
    };
    this.emit(TIERS.filter((tier) => incident.tiers[tier].verdict !== 'not_asked').map((tier) => {
      const near = [...this.city.units.values()].map((unit) => ({ unit, m: at(unit) })).sort((a, b) => a.m - b.m);
      const fits = near.filter(({ unit }) => TIER_KINDS[tier].includes(unit.kind));
      const free = fits.filter(({ unit }) => unit.status === 'available').slice(0, tier === '1' ? 3 : 5);
      const speed = tier === '1' ? 1.5 : tier === '3' ? 3 : 9;
      const passed = near.filter(({ unit }) => !free.some((f) => f.unit === unit)).slice(0, 12).map(({ unit, m }) => ({
        unit: unit.code, distance_m: Math.round(m),
        reason: !TIER_KINDS[tier].includes(unit.kind) ? 'wrong_kind' : unit.status === 'off_duty' ? 'off_duty' : unit.status === 'out_of_service' ? 'out_of_service' : unit.assignment_id ? 'assigned' : 'too_far',
      }));
      const by: Record<string, number> = {};
      for (const p of passed) by[p.reason] = (by[p.reason] ?? 0) + 3;
      return {
        kind: 'decision.made',
        decision: {
          incident_id: id, tier, generation: incident.generation, map_id: 'dev', traffic_version: 0, automatic: incident.mode === 'auto',
          candidates: free.map(({ unit, m }, rank) => ({
            unit: unit.code, travel_ms: Math.round((m * 1.3 / speed) * 1000), ...{ lat: this.moved.get(unit.code)!.lat, lon: this.moved.get(unit.code)!.lon },
            fix_age_ms: 1000 + rank * 700, rank: rank + 1, in_reach: (m * 1.3) / speed < TARGET[tier] / 1000, chosen: rank < incident.tiers[tier].wanted, estimated: tier === '1',
          })),
          passed, passed_by_reason: by,
        },
      };
    }));
  }

  order(id: number, units: { unit: string; tier: TierName }[], actor: string): string | null {
    const incident = this.city.incidents.get(id);
    if (!incident) return 'unknown_incident';
    for (const { unit } of units) {
      const held = this.city.units.get(unit);
      if (!held) return 'unknown_unit';
      if (held.assignment_id !== null) return 'unit_busy';
    }
    const made = units.map(({ unit, tier }) => {
      const candidate = this.city.decisions.get(`${id}/${tier}`)?.candidates.find((c) => c.unit === unit);
      const assignment: Assignment = {
        assignment_id: ++this.nextAssignment, incident_id: id, unit, tier, state: 'sent', version: 1, late: false, additional: false,
        automatic: actor === 'system', estimated: candidate?.estimated ?? true, travel_ms: candidate?.travel_ms ?? null, distance_m: 640, rank: candidate?.rank ?? null,
        wave: 0, reason: null, sent_ms: Date.now(), delivered_ms: null, acknowledged_ms: null, en_route_ms: null, on_scene_ms: null, ended_ms: null, resent: 0, corrected: 0, par_asked_ms: null,
      };
      return {
        kind: 'assignment.sent', assignment, generation: incident.generation,
        order: { assignment, incident: { incident_id: id, type: incident.type, priority: incident.priority, lat: incident.lat, lon: incident.lon, address: incident.address, note: incident.note, drill: incident.drill, received_ms: incident.received_ms, target_ms: TARGET[tier] } },
      };
    });
    this.emit([...made, ...(incident.state === 'pending' ? [{ kind: 'incident.state', incident_id: id, state: 'dispatched', reason: 'none', note: null }] : [])], actor, 'dispatcher');
    return null;
  }

  step(assignment_id: number, state: Assignment['state'], actor: string, source: string, reason: string | null = null): string | null {
    const held = this.city.assignments.get(assignment_id);
    if (!held) return 'unknown_assignment';
    if (!ASSIGNMENT_ACTIVE.has(held.state)) return 'wrong_state';
    const out: object[] = [{
      kind: 'assignment.updated', assignment_id, incident_id: held.incident_id, unit: held.unit, tier: held.tier, state, reason, device_ms: null,
      late: false, skipped: [], lat: null, lon: null, fix_age_ms: null, version: held.version + 1, note: null,
    }];
    const incident = this.city.incidents.get(held.incident_id)!;
    if (state === 'on_scene') {
      if (incident.tiers[held.tier].verdict === 'open') {
        const elapsed = Date.now() - (incident.clock_ms ?? 0);
        out.push({ kind: 'tier.verdict', incident_id: held.incident_id, tier: held.tier, verdict: elapsed < TARGET[held.tier] ? 'met' : 'missed', unit: held.unit, clock_ms: incident.clock_ms, elapsed_ms: elapsed, target_ms: TARGET[held.tier], drill: incident.drill });
      }
      if (incident.state !== 'on_scene') out.push({ kind: 'incident.state', incident_id: held.incident_id, state: 'on_scene', reason: 'none', note: null });
    }
    if (state === 'en_route' && incident.state === 'dispatched') out.push({ kind: 'incident.state', incident_id: held.incident_id, state: 'responding', reason: 'none', note: null });
    if (state === 'declined') out.push({ kind: 'alarm.raised', alarm: { alarm_id: this.nextAlarm++, kind: 'declined', incident_id: held.incident_id, assignment_id, unit: held.unit, tier: held.tier, raised_ms: Date.now(), acked_ms: null, acked_by: null } });
    this.emit(out, actor, source);
    return null;
  }

  /** One second of city life. */
  tick(): void {
    for (const [code, m] of this.moved) {
      const unit = this.city.units.get(code);
      if (!unit || unit.duty !== 'on' || m.speed === 0 || unit.status === 'on_scene') continue;
      m.heading += (this.random() - 0.5) * 30;
      const rad = (m.heading * Math.PI) / 180;
      const d = m.speed / 3.6 / 111_195;
      m.lat = Math.min(CENTER.lat + SPAN.lat / 2, Math.max(CENTER.lat - SPAN.lat / 2, m.lat + Math.cos(rad) * d));
      m.lon = Math.min(CENTER.lon + SPAN.lon / 2, Math.max(CENTER.lon - SPAN.lon / 2, m.lon + (Math.sin(rad) * d) / 0.53));
    }
    const ORDER: Assignment['state'][] = ['sent', 'delivered', 'acknowledged', 'en_route', 'on_scene', 'cleared'];
    for (const a of this.city.assignments.values()) {
      if (a.unit === 'P44') continue; /* a person's */
      if (!ASSIGNMENT_ACTIVE.has(a.state)) continue;
      if (this.random() < (a.state === 'sent' ? 0.5 : a.state === 'en_route' ? 0.03 : a.state === 'on_scene' ? 0.012 : 0.1)) {
        this.step(a.assignment_id, ORDER[ORDER.indexOf(a.state) + 1]!, a.unit, 'unit');
      }
    }
    for (const incident of this.city.incidents.values()) {
      const now = Date.now();
      for (const tier of TIERS) {
        const held = incident.tiers[tier];
        if (held.verdict === 'open' && held.deadline_ms !== null && held.deadline_ms < now && incident.ended_ms === null) {
          this.emit([
            { kind: 'tier.verdict', incident_id: incident.incident_id, tier, verdict: 'missed', unit: null, clock_ms: incident.clock_ms, elapsed_ms: null, target_ms: held.target_ms, drill: incident.drill },
            { kind: 'alarm.raised', alarm: { alarm_id: this.nextAlarm++, kind: 'tier_missed', incident_id: incident.incident_id, assignment_id: null, unit: null, tier, raised_ms: now, acked_ms: null, acked_by: null } },
          ]);
        }
      }
      if (incident.state === 'pending' && now - (incident.created_ms ?? 0) > 30_000 && ![...this.city.alarms.values()].some((a) => a.kind === 'undispatched' && a.incident_id === incident.incident_id)) {
        this.emit([{ kind: 'alarm.raised', alarm: { alarm_id: this.nextAlarm++, kind: 'undispatched', incident_id: incident.incident_id, assignment_id: null, unit: null, tier: null, raised_ms: now, acked_ms: null, acked_by: null } }]);
      }
      const open = [...this.city.assignments.values()].filter((a) => a.incident_id === incident.incident_id);
      if (incident.ended_ms === null && open.length > 0 && open.every((a) => !ASSIGNMENT_ACTIVE.has(a.state))) {
        this.emit([{ kind: 'incident.state', incident_id: incident.incident_id, state: 'closed', reason: 'resolved', note: null }]);
        for (const alarm of this.city.alarms.values()) {
          if (alarm.incident_id === incident.incident_id) this.emit([{ kind: 'alarm.cleared', alarm_id: alarm.alarm_id, incident_id: incident.incident_id }]);
        }
      }
    }
    const openCount = [...this.city.incidents.values()].filter((i) => i.ended_ms === null).length;
    if (openCount < 24 && this.random() < 0.25) this.arrive();
  }

  arrive(): void {
    const street = STREETS[Math.floor(this.random() * STREETS.length)]!;
    this.report({
      type: TYPES[Math.floor(this.random() * TYPES.length)]!, priority: 1 + Math.floor(this.random() * 3.7), ...this.place(),
      address: `${street} ${1 + Math.floor(this.random() * 90)}`, note: '一名男子在路口摔倒，需要帮助。', caller: '李先生', phone: '138****2210', channel: 'phone',
    }, 'api');
  }

  command(body: Record<string, unknown>, actor: string, source: string): { res?: object; code?: string } {
    const id = Number(body['incident'] ?? 0);
    const incident = this.city.incidents.get(id);
    const done = (code: string | null, res: object): { res?: object; code?: string } => (code ? { code } : { res: { ...res, seq: this.seq } });
    switch (body['op']) {
      case 'report.create':
        return { res: { ...this.report(body, actor), seq: this.seq } };
      case 'incident.recommend':
        if (!incident) return { code: 'unknown_incident' };
        this.recommend(id);
        return done(null, { incident_id: id, generation: incident.generation });
      case 'incident.order':
        if (!incident) return { code: 'unknown_incident' };
        return done(this.order(id, body['units'] as { unit: string; tier: TierName }[], actor), { incident_id: id, generation: incident.generation });
      case 'incident.note':
        this.emit([{ kind: 'incident.noted', incident_id: id, note: body['note'] }], actor, source);
        return done(null, { incident_id: id });
      case 'incident.update':
        if (!incident) return { code: 'unknown_incident' };
        this.emit([{ kind: 'incident.updated', incident_id: id, generation: incident.generation + 1, type: body['type'] ?? incident.type, priority: body['priority'] ?? incident.priority, lat: body['lat'] ?? incident.lat, lon: body['lon'] ?? incident.lon, address: body['address'] ?? incident.address, district: 'D1', circle: 'C1' }], actor, source);
        return done(null, { incident_id: id, generation: incident.generation + 1 });
      case 'incident.close':
      case 'incident.cancel': {
        const open = [...this.city.assignments.values()].filter((a) => a.incident_id === id && ASSIGNMENT_ACTIVE.has(a.state));
        if (open.length > 0 && body['op'] === 'incident.close' && body['clear_all'] !== true) return { code: 'open_assignments' };
        for (const a of open) this.step(a.assignment_id, body['op'] === 'incident.close' ? 'cleared' : 'cancelled', actor, source);
        this.emit([{ kind: 'incident.state', incident_id: id, state: body['op'] === 'incident.close' ? 'closed' : 'cancelled', reason: body['reason'], note: body['note'] ?? null }], actor, source);
        return done(null, { incident_id: id });
      }
      case 'assignment.update':
        return done(this.step(Number(body['assignment']), body['state'] as Assignment['state'], actor, source, (body['reason'] as string) ?? null), { assignment_id: body['assignment'], incident_id: 1 });
      case 'assignment.recall':
        return done(this.step(Number(body['assignment']), 'recalled', actor, source, 'dispatcher'), { assignment_id: body['assignment'] });
      case 'unit.duty':
        this.emit([{ kind: 'unit.duty', unit: body['unit'] ?? actor, duty: body['duty'], reason: 'none', people: null }], actor, source);
        return done(null, { unit: body['unit'] ?? actor });
      case 'alarm.ack':
        this.emit([{ kind: 'alarm.acked', alarm_id: body['alarm'], incident_id: this.city.alarms.get(Number(body['alarm']))?.incident_id ?? null }], actor, source);
        return done(null, { alarm_id: body['alarm'] });
      default:
        return { code: 'unknown_op' };
    }
  }

  positions(): Buffer {
    const units = [...this.city.units.values()];
    const out = Buffer.alloc(16 + units.length * 16);
    out.writeUInt8(1, 0);
    out.writeUInt8(1, 1);
    out.writeUInt32LE(units.length, 4);
    out.writeDoubleLE(Date.now(), 8);
    units.forEach((unit, i) => {
      const m = this.moved.get(unit.code)!;
      const at = 16 + i * 16;
      out.writeUInt32LE(unit.index, at);
      out.writeInt32LE(Math.round(m.lon * 1e7), at + 4);
      out.writeInt32LE(Math.round(m.lat * 1e7), at + 8);
      out.writeUInt8(Math.floor((((m.heading % 360) + 360) % 360) / 2), at + 12);
      out.writeUInt8(unit.status === 'on_scene' ? 0 : Math.round(m.speed), at + 13);
      out.writeUInt8(UNIT_STATUSES.indexOf(unit.status), at + 14);
      out.writeUInt8(unit.index % 41 === 5 ? 255 : 1, at + 15);
    });
    return out;
  }
}
