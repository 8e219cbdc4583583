import { describe, expect, it } from 'vitest';
import { applyLog, applySnapshot, EMPTY_CITY, type City } from '../src/store/city.ts';
import type { LogFrame, Snapshot } from '../src/protocol/frames.ts';
import type { Event } from '../src/protocol/objects.ts';
import { ASSIGNMENT_ACTIVE, ASSIGNMENT_STATES, DUTIES } from '../src/protocol/values.ts';
import { anAssignment, anIncident, anUnit } from './fakes.ts';

let seq = 0;

function bare(at_ms = 2_000_000): { seq: number; at_ms: number; actor: string; source: 'unit' } {
  return { seq: ++seq, at_ms, actor: 'p1', source: 'unit' };
}

function frame(...events: Event[]): LogFrame {
  return { t: 'log', stream: 'city', epoch: 'e', from: seq, upto: seq, events };
}

function city(): City {
  const empty = { units: [], circles: [], districts: [], incidents: [], assignments: [], notices: [], alarms: [], decisions: [], orders: [], unit: null };
  const part = { t: 'snapshot', stream: 'city', epoch: 'e', seq: 5, part: 0, last: false } as const;
  const parts: Snapshot[] = [
    { ...part, ...empty, units: [anUnit('P1'), anUnit('P2')] },
    { ...part, ...empty, part: 1, last: true, incidents: [anIncident(7)] },
  ];
  return applySnapshot(parts);
}

const sent = (id = 50, unit = 'P1'): Event =>
  ({ ...bare(), kind: 'assignment.sent', assignment: anAssignment(id, 7, unit), generation: 1, order: null });

function updated(state: (typeof ASSIGNMENT_STATES)[number], at_ms: number, id = 50, unit = 'P1'): Event {
  return {
    ...bare(at_ms), kind: 'assignment.updated', assignment_id: id, incident_id: 7, unit, tier: '3', state,
    reason: 'none', device_ms: null, late: false, version: 2, lat: null, lon: null, other_id: null, note: null,
  };
}

describe('a snapshot', () => {
  it('is the sum of its parts', () => {
    const held = city();
    expect([...held.units.keys()]).toEqual(['P1', 'P2']);
    expect(held.incidents.get(7)?.address).toBe('中山东路1号');
    expect(held.seq).toBe(5);
  });
});

describe('an assignment', () => {
  it('takes its unit along through its states and gives it back', () => {
    let held = applyLog(city(), frame(sent()));
    expect(held.units.get('P1')).toMatchObject({ status: 'dispatched', assignment_id: 50, incident_id: 7 });
    held = applyLog(held, frame(updated('delivered', 2_000_100)));
    expect(held.units.get('P1')?.status).toBe('dispatched');
    held = applyLog(held, frame(updated('en_route', 2_000_200)));
    expect(held.units.get('P1')).toMatchObject({ status: 'en_route', status_ms: 2_000_200 });
    held = applyLog(held, frame(updated('on_scene', 2_000_300)));
    expect(held.units.get('P1')?.status).toBe('on_scene');
    held = applyLog(held, frame(updated('cleared', 2_000_400)));
    expect(held.units.get('P1')).toMatchObject({ status: 'available', assignment_id: null, incident_id: null });
  });

  it('takes the incident’s generation along: an order after it, or after a recall, is not stale', () => {
    let held = applyLog(city(), frame({ ...sent(), generation: 9 } as Event));
    expect(held.incidents.get(7)?.generation).toBe(9);
    held = applyLog(held, frame(updated('acknowledged', 2_000_100)));
    expect(held.incidents.get(7)?.generation).toBe(9);
    held = applyLog(held, frame(updated('recalled', 2_000_200)));
    expect(held.incidents.get(7)?.generation).toBe(10);
  });

  it('leaves a skipped milestone unknown', () => {
    let held = applyLog(city(), frame(sent()));
    held = applyLog(held, frame(updated('on_scene', 2_000_300)));
    expect(held.assignments.get(50)).toMatchObject({ acknowledged_ms: null, en_route_ms: null, on_scene_ms: 2_000_300 });
  });

  it('writes a milestone once', () => {
    let held = applyLog(city(), frame(sent()));
    held = applyLog(held, frame(updated('acknowledged', 2_000_300)));
    held = applyLog(held, frame(updated('acknowledged', 2_000_900)));
    expect(held.assignments.get(50)?.acknowledged_ms).toBe(2_000_300);
  });

  it('that ends late does not free its unit of a newer one', () => {
    let held = applyLog(city(), frame(sent(50), sent(51)));
    held = applyLog(held, frame(updated('recalled', 2_000_900, 50)));
    expect(held.units.get('P1')).toMatchObject({ assignment_id: 51, status: 'dispatched' });
  });

  it('starts a clock that waits for the first order, and only then', () => {
    const waiting = anIncident(7, { clock_ms: null });
    for (const tier of Object.values(waiting.tiers)) tier.deadline_ms = null;
    let held = applyLog(city(), frame({ ...bare(), kind: 'incident.opened', incident: waiting }));
    held = applyLog(held, frame(sent()));
    expect(held.incidents.get(7)).toMatchObject({ clock_ms: 2_000_000 });
    expect(held.incidents.get(7)?.tiers['3'].deadline_ms).toBe(2_180_000);
    held = applyLog(held, frame({ ...sent(52, 'P2'), at_ms: 2_050_000 } as Event));
    expect(held.incidents.get(7)?.clock_ms).toBe(2_000_000);
  });
});

describe('an incident', () => {
  it('keeps the first time of a state', () => {
    const state = (at_ms: number, to: 'dispatched' | 'pending' | 'closed'): Event =>
      ({ ...bare(at_ms), kind: 'incident.state', incident_id: 7, state: to, reason: 'none', note: null });
    let held = applyLog(city(), frame(state(10, 'dispatched'), state(20, 'pending'), state(30, 'dispatched')));
    expect(held.incidents.get(7)).toMatchObject({ state: 'dispatched', dispatched_ms: 10, ended_ms: null });
    held = applyLog(held, frame(state(40, 'closed')));
    expect(held.incidents.get(7)?.ended_ms).toBe(40);
  });

  it('counts merged reports and keeps the highest generation', () => {
    const report = {
      report_id: 9, incident_id: 7, merged: true, channel: 'phone', type: 'fire', priority: 1, lat: 57.7, lon: 11.9, address: null,
      caller: null, phone: null, note: null, occurred_ms: null, received_ms: 1, drill: false, answered_ms: null, answered_by: null, answer: null,
    } as const;
    const change = (generation: number): Event => ({
      ...bare(), kind: 'incident.updated', incident_id: 7, generation, type: 'crime', priority: 2, lat: 57.71, lon: 11.98,
      address: 'x', district: null, circle: null, beat: null, grid: null, plan: null, order: null,
    });
    const held = applyLog(city(), frame({ ...bare(), kind: 'report.received', report }, change(5), change(3)));
    expect(held.incidents.get(7)).toMatchObject({ report_count: 2, generation: 5, type: 'crime' });
  });

  it('takes the verdict of a tier', () => {
    const held = applyLog(city(), frame({
      ...bare(), kind: 'tier.verdict', incident_id: 7, tier: '3', verdict: 'met', unit: 'P1', clock_ms: 1, elapsed_ms: 61_000,
      target_ms: 180_000, drill: false,
    }));
    expect(held.incidents.get(7)?.tiers['3']).toMatchObject({ verdict: 'met', elapsed_ms: 61_000 });
    expect(held.incidents.get(7)?.tiers['1'].verdict).toBe('open');
  });

  it('takes all that is its own along into the archive', () => {
    const alarm = { alarm_id: 3, kind: 'no_unit', incident_id: 7, assignment_id: null, unit: null, tier: '1', circle: null, checkpoint: null, raised_ms: 1, acked_ms: null, acked_by: null, shelved_ms: null, shelved_by: null, shelved_reason: null, shelved: 0 } as const;
    let held = applyLog(city(), frame(sent(), { ...bare(), kind: 'alarm.raised', alarm }));
    held = applyLog(held, frame({ ...bare(), kind: 'incident.archived', incident_id: 7 }));
    expect([held.incidents.size, held.assignments.size, held.alarms.size]).toEqual([0, 0, 0]);
  });
});

describe('an alarm', () => {
  it('is shelved until a time, counted, and back by itself or by who takes it', () => {
    const alarm = { alarm_id: 3, kind: 'no_unit', incident_id: 7, assignment_id: null, unit: null, tier: '1', circle: null, checkpoint: null, raised_ms: 1, acked_ms: null, acked_by: null, shelved_ms: null, shelved_by: null, shelved_reason: null, shelved: 0 } as const;
    const about = { alarm_id: 3, incident_id: 7 };
    const shelved = (at_ms: number): Event => ({ ...bare(at_ms), actor: 'wang', kind: 'alarm.shelved', ...about, until_ms: at_ms + 60, reason: 'can_wait', note: null });
    const acked: Event = { ...bare(4), actor: 'li', kind: 'alarm.acked', ...about };
    let held = applyLog(city(), frame({ ...bare(), kind: 'alarm.raised', alarm }, acked, shelved(5)));
    expect(held.alarms.get(3)).toMatchObject({ acked_ms: null, acked_by: null, shelved_ms: 65, shelved_by: 'wang', shelved_reason: 'can_wait', shelved: 1 });
    held = applyLog(held, frame({ ...bare(65), kind: 'alarm.returned', ...about }));
    expect(held.alarms.get(3)).toMatchObject({ acked_ms: null, shelved_ms: null, shelved_by: null, shelved: 1 });
    held = applyLog(held, frame(shelved(70), { ...acked, at_ms: 75 }));
    expect(held.alarms.get(3)).toMatchObject({ acked_ms: 75, acked_by: 'li', shelved_ms: null, shelved: 2 });
  });

  it('is acknowledged by the first who does, and goes when it is cleared', () => {
    const alarm = { alarm_id: 3, kind: 'no_unit', incident_id: 7, assignment_id: null, unit: null, tier: '1', circle: null, checkpoint: null, raised_ms: 1, acked_ms: null, acked_by: null, shelved_ms: null, shelved_by: null, shelved_reason: null, shelved: 0 } as const;
    const acked = (actor: string, at_ms: number): Event => ({ ...bare(at_ms), actor, kind: 'alarm.acked', alarm_id: 3, incident_id: 7 });
    let held = applyLog(city(), frame({ ...bare(), kind: 'alarm.raised', alarm }, acked('wang', 5), acked('li', 9)));
    expect(held.alarms.get(3)).toMatchObject({ acked_ms: 5, acked_by: 'wang' });
    held = applyLog(held, frame({ ...bare(), kind: 'alarm.cleared', alarm_id: 3, incident_id: 7 }));
    expect(held.alarms.size).toBe(0);
  });
});

describe('the reducer', () => {
  it('leaves the old city as it was', () => {
    const before = city();
    const copy = structuredClone(before);
    applyLog(before, frame(sent(), updated('en_route', 3), { ...bare(), kind: 'incident.archived', incident_id: 7 }));
    expect(before).toEqual(copy);
  });

  it('copies only what changes', () => {
    const before = city();
    const after = applyLog(before, frame({ ...bare(), kind: 'incident.noted', incident_id: 7, note: 'x' }));
    expect(after.units).toBe(before.units);
    expect(after.incidents).toBe(before.incidents);
  });

  it('agrees with a plain model on random histories', () => {
    const seed = 20_261;
    let random = seed;
    const next = (bound: number): number => {
      random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((random / 2 ** 32) * bound);
    };
    let held = city();
    const model = new Map<string, { duty: string; job: number | null }>([
      ['P1', { duty: 'on', job: null }],
      ['P2', { duty: 'on', job: null }],
    ]);
    const states = new Map<number, { unit: string; state: string }>();
    let id = 100;
    for (let i = 0; i < 3000; i++) {
      const unit = next(2) === 0 ? 'P1' : 'P2';
      const at = 3_000_000 + i;
      const mine = model.get(unit)!;
      if (next(4) === 0) {
        const duty = DUTIES[next(3)]!;
        mine.duty = duty;
        held = applyLog(held, frame({ ...bare(at), kind: 'unit.duty', unit, duty, reason: 'none', people: 2, crew: '陈 0123', equipment: ['aed'], device: null }));
      } else if (mine.job === null) {
        id += 1;
        mine.job = id;
        states.set(id, { unit, state: 'sent' });
        held = applyLog(held, frame(sent(id, unit)));
      } else {
        const state = ASSIGNMENT_STATES[1 + next(8)]!;
        states.set(mine.job, { unit, state });
        held = applyLog(held, frame(updated(state, at, mine.job, unit)));
        if (!ASSIGNMENT_ACTIVE.has(state)) mine.job = null;
      }
      for (const [code, want] of model) {
        const state = want.job === null ? null : states.get(want.job)!.state;
        const status =
          state === null
            ? { on: 'available', off: 'off_duty', out_of_service: 'out_of_service' }[want.duty]
            : state === 'en_route' || state === 'on_scene' ? state : 'dispatched';
        const got = held.units.get(code)!;
        expect(`${i} ${code} ${got.status} ${got.assignment_id}`, `seed ${seed}`).toBe(`${i} ${code} ${status} ${want.job}`);
      }
    }
    expect(EMPTY_CITY.units.size).toBe(0);
  });
});
