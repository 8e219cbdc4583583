import { describe, expect, it } from 'vitest';
import { Fleet } from '../src/console/fleet.ts';
import { assignmentsByIncident, isLate, offersOf, proposed, queueOf, unacked, unitsOf } from '../src/console/derive.ts';
import { EMPTY_CITY, type City } from '../src/store/city.ts';
import { EMPTY_ORDERS, ordersLog, ordersSnapshot } from '../src/store/orders.ts';
import type { Snapshot } from '../src/protocol/frames.ts';
import type { Decision, Event, Incident, Notice, Unit } from '../src/protocol/objects.ts';
import { fitBytes } from '../src/protocol/commands.ts';
import { isLateOrder, LATE_ORDER_MS, mayDecline, nextPress, parAsked, seenDuty, seenPanic, seenState, unheardNotices } from '../src/unit/steps.ts';
import { duration, exact, metres } from '../src/ui/format.ts';
import { ciede2000 } from './colour.ts';
import { anAssignment, anIncident, aNotice, anOrder, anUnit } from './fakes.ts';

function cityOf(units: Unit[], incidents: Incident[], decisions: Decision[] = []): City {
  return {
    ...EMPTY_CITY,
    units: new Map(units.map((unit) => [unit.code, unit])),
    incidents: new Map(incidents.map((incident) => [incident.incident_id, incident])),
    decisions: new Map(decisions.map((decision) => [`${decision.incident_id}/${decision.tier}`, decision])),
  };
}

function aDecision(tier: '1' | '3' | '5', units: [string, boolean][]): Decision {
  return {
    incident_id: 7, tier, generation: 1, map_id: null, automatic: false, wave: 0, together: 0, preemptable: [], passed: [], passed_by_reason: {},
    candidates: units.map(([unit, chosen], i) => ({
      unit, chosen, travel_ms: 1000 * (i + 1), lat: 57, lon: 11, fix_age_ms: 0, rank: i + 1, in_reach: true, estimated: false, own_area: false, by_plan: false, given_to: null,
    })),
  };
}

describe('the queue', () => {
  it('is sorted by priority, then by age, whatever the state', () => {
    const city = cityOf([], [
      anIncident(9, { priority: 2 }), anIncident(8, { priority: 1, state: 'on_scene' }), anIncident(10, { priority: 1 }),
      anIncident(5, { state: 'closed', ended_ms: 5 }),
    ]);
    expect(queueOf(city, 'open', 0).map((i) => i.incident_id)).toEqual([8, 10, 9]);
    expect(queueOf(city, 'pending', 0).map((i) => i.incident_id)).toEqual([10, 9]);
    expect(queueOf(city, 'ended', 0).map((i) => i.incident_id)).toEqual([5]);
  });

  it('knows who is late by the clock of a tier, not only by a verdict', () => {
    const incident = anIncident(7);
    expect(isLate(incident, 1_059_000)).toBe(false);
    expect(isLate(incident, 1_060_001)).toBe(true);
    const met = { ...incident.tiers['1'], verdict: 'met' as const };
    expect(isLate({ ...incident, tiers: { '1': met, '3': { ...met }, '5': { ...met } } }, 9e12)).toBe(false);
  });

  it('lists alarms that wait for somebody, the oldest first', () => {
    const alarm = { kind: 'no_unit', incident_id: 7, assignment_id: null, unit: null, tier: '1', circle: null, checkpoint: null, acked_ms: null, acked_by: null, shelved_ms: null, shelved_by: null, shelved_reason: null, shelved: 0 } as const;
    const city = { ...EMPTY_CITY, alarms: new Map([[1, { ...alarm, alarm_id: 1, raised_ms: 9 }], [2, { ...alarm, alarm_id: 2, raised_ms: 5 }], [3, { ...alarm, alarm_id: 3, raised_ms: 1, acked_ms: 4 }]]) };
    expect(unacked(city).map((item) => item.alarm_id)).toEqual([2, 1]);
  });
});

describe('a proposal', () => {
  it('takes the chosen ones that are still free, as far as the tier wants', () => {
    const city = cityOf(
      [anUnit('P1'), anUnit('P2', { status: 'en_route' }), anUnit('P3'), anUnit('P4')],
      [anIncident(7)],
      [aDecision('1', [['P2', true], ['P1', false]]), aDecision('3', [['P1', true], ['P3', true], ['P4', false]])],
    );
    const offers = offersOf(city, city.incidents.get(7)!, []);
    expect([...proposed(offers)]).toEqual([['P1', '1'], ['P3', '3']]);
    expect(offers.flatMap((tier) => tier.offers).map((offer) => offer.number)).toEqual([1, 2, 3, 4, 5]);
  });

  it('counts no volunteer who was only asked in addition', () => {
    const city = cityOf([anUnit('P1')], [anIncident(7)], [aDecision('3', [['P1', true]])]);
    expect([...proposed(offersOf(city, city.incidents.get(7)!, [anAssignment(1, 7, 'V9', { wave: 1 })]))]).toEqual([['P1', '3']]);
  });

  it('is empty where the tier has all it wants', () => {
    const city = cityOf([anUnit('P1')], [anIncident(7)], [aDecision('3', [['P1', true]])]);
    const offers = offersOf(city, city.incidents.get(7)!, [anAssignment(1, 7, 'P9')]);
    expect(proposed(offers).size).toBe(0);
    expect(assignmentsByIncident({ ...city, assignments: new Map([[1, anAssignment(1, 7, 'P9')]]) }).get(7)).toHaveLength(1);
  });
});

describe('the unit board', () => {
  it('filters by status and by text', () => {
    const city = cityOf([anUnit('P1'), anUnit('P2', { status: 'off_duty', name: '东区' }), anUnit('Q1', { circle: 'C9' })], []);
    expect(unitsOf(city.units, 'off_duty', '').map((u) => u.code)).toEqual(['P2']);
    expect(unitsOf(city.units, 'all', 'p').map((u) => u.code)).toEqual(['P1', 'P2']);
    expect(unitsOf(city.units, 'all', 'c9').map((u) => u.code)).toEqual(['Q1']);
    expect(unitsOf(city.units, 'all', '东区').map((u) => u.code)).toEqual(['P2']);
  });
});

describe('the fleet', () => {
  const frame = (index: number, age: number): Parameters<Fleet['takeFrame']>[0] => ({
    now_ms: 1_000_000, count: 1, index: new Uint32Array([index]), lon: new Float64Array([11.97]), lat: new Float64Array([57.7]),
    heading: new Uint8Array([45]), speed: new Uint8Array([30]), status: new Uint8Array([3]), age: new Uint8Array([age]),
  });

  it('gives a place back to within a centimetre', () => {
    const fleet = new Fleet();
    fleet.takeFrame(frame(3, 1));
    expect(metres(fleet.at(3)!, { lat: 57.7, lon: 11.97 })).toBeLessThan(0.01);
    expect(fleet.at(2)).toBeNull();
    expect(fleet.at(99)).toBeNull();
  });

  it('calls a car stale after 30 s, a foot patrol after 180 s, a post never', () => {
    const fleet = new Fleet();
    fleet.takeUnits([anUnit('P0', { index: 0, kind: 'car' }), anUnit('P1', { index: 1, kind: 'foot' }), anUnit('P2', { index: 2, kind: 'post' })]);
    for (const index of [0, 1, 2]) fleet.takeFrame(frame(index, 0));
    expect([0, 1, 2].map((index) => fleet.isStale(index, 1_031_000))).toEqual([true, false, false]);
    expect([0, 1, 2].map((index) => fleet.isStale(index, 1_181_000))).toEqual([true, true, false]);
    expect(fleet.ageS(0, 1_031_000)).toBe(31);
  });

  it('keeps what it has when it grows', () => {
    const fleet = new Fleet();
    fleet.takeFrame(frame(0, 1));
    fleet.takeFrame(frame(5_000, 1));
    expect(fleet.at(0)).not.toBeNull();
    expect(fleet.size).toBe(5_001);
  });
});

describe('a unit’s order', () => {
  const log = (...events: Event[]): Parameters<typeof ordersLog>[1] =>
    ({ t: 'log', stream: 'orders', epoch: 'e', from: 1, upto: 1, events });
  const head = { seq: 1, at_ms: 2_000_000, actor: null, source: null } as const;
  const part: Omit<Snapshot, 'unit' | 'orders'> = { t: 'snapshot', stream: 'orders', epoch: 'e', seq: 1, part: 0, last: true, units: [], circles: [], districts: [], incidents: [], assignments: [], notices: [], alarms: [], decisions: [] };
  const held = ordersSnapshot(EMPTY_ORDERS, [{ ...part, unit: anUnit('P1'), orders: [] }]);
  const sent = { ...head, kind: 'assignment.sent', assignment: anAssignment(5, 7, 'P1'), generation: 1, order: anOrder(5, 7, 'P1') } as const;

  it('calls once when it comes, again when it is sent again or changed', () => {
    let state = ordersLog(held, log(sent));
    expect(state).toMatchObject({ calls: 1, call: 'order' });
    expect(state.unit?.status).toBe('dispatched');
    state = ordersLog(state, log({ ...head, kind: 'assignment.step', assignment_id: 5, incident_id: 7, unit: 'P1', tier: '3', step: 'resent', version: 2 }));
    expect(state).toMatchObject({ calls: 2, call: 'resent' });
    const again = ordersSnapshot(state, [{ ...part, unit: anUnit('P1'), orders: [anOrder(5, 7, 'P1')] }]);
    expect(again.calls).toBe(2);
  });

  it('goes when it ends, and says how', () => {
    const state = ordersLog(held, log(sent, {
      ...head, kind: 'assignment.updated', assignment_id: 5, incident_id: 7, unit: 'P1', tier: '3', state: 'recalled', reason: 'dispatcher',
      device_ms: null, late: false, version: 3, lat: null, lon: null, other_id: null, note: null,
    }));
    expect(state.order).toBeNull();
    expect(state.ended?.state).toBe('recalled');
    expect(state.unit?.status).toBe('available');
  });

  it('shows what was pressed before the engine has confirmed it', () => {
    const order = anOrder(5, 7, 'P1', { state: 'delivered' });
    const pressed = [{ op: 'assignment.update', assignment: 5, state: 'acknowledged' }, { op: 'assignment.update', assignment: 5, state: 'en_route' }] as const;
    expect(seenState(order, [])).toEqual({ state: 'delivered', confirmed: true });
    expect(seenState(order, pressed)).toEqual({ state: 'en_route', confirmed: false });
    expect(seenState(anOrder(6, 7, 'P1', { state: 'sent' }), pressed)).toEqual({ state: 'sent', confirmed: true });
    expect(seenState(anOrder(5, 7, 'P1', { state: 'on_scene' }), pressed)).toEqual({ state: 'on_scene', confirmed: true });
    expect(seenState(order, [{ op: 'assignment.update', assignment: 5, state: 'delivered' }]).confirmed).toBe(true);
  });

  it('is late when it was under way for more than 15 s, by the engine’s word or else by when it was heard', () => {
    const order = (more: object) => anOrder(5, 7, 'P1', { sent_ms: 100_000, delivered_ms: null, state: 'sent', ...more });
    expect(isLateOrder(order({}), 100_000 + LATE_ORDER_MS)).toBe(false);
    expect(isLateOrder(order({}), 100_001 + LATE_ORDER_MS)).toBe(true);
    expect(isLateOrder(order({}), null)).toBe(false);
    expect(isLateOrder(order({ state: 'delivered', delivered_ms: 101_000 }), 900_000), 'a reload makes nothing late').toBe(false);
    expect(isLateOrder(order({ state: 'delivered', delivered_ms: 160_000 }), 100_000)).toBe(true);
    expect(isLateOrder(order({ state: 'acknowledged', delivered_ms: 160_000 }), null), 'taken').toBe(false);
  });

  it('has one next step, and may be declined until on scene', () => {
    expect((['sent', 'delivered', 'acknowledged', 'en_route', 'on_scene', 'cleared'] as const).map(nextPress)).toEqual([
      'acknowledged', 'acknowledged', 'en_route', 'on_scene', 'cleared', null,
    ]);
    expect((['sent', 'acknowledged', 'en_route', 'on_scene'] as const).map(mayDecline)).toEqual([true, true, true, false]);
    expect(seenDuty('off', [{ op: 'unit.duty', duty: 'on' }])).toEqual({ duty: 'on', confirmed: false });
  });
});

describe('a call for help', () => {
  it('counts when it is pressed, and says when the engine has it and when somebody has heard it', () => {
    expect(seenPanic('none', [{ op: 'unit.panic' }])).toEqual({ state: 'raised', sent: false });
    expect(seenPanic('raised', [])).toEqual({ state: 'raised', sent: true });
    expect(seenPanic('acknowledged', [])).toEqual({ state: 'acknowledged', sent: true });
  });

  it('asks on scene whether all is well until it is answered', () => {
    const order = anOrder(5, 7, 'P1', { state: 'on_scene', par_asked_ms: 9 });
    expect(parAsked(order, [])).toBe(true);
    expect(parAsked(order, [{ op: 'assignment.par', assignment: 5 }])).toBe(false);
    expect(parAsked(anOrder(5, 7, 'P1', { state: 'on_scene' }), [])).toBe(false);
  });
});

describe('a notice to a unit', () => {
  const log = (...events: Event[]): Parameters<typeof ordersLog>[1] =>
    ({ t: 'log', stream: 'orders', epoch: 'e', from: 1, upto: 1, events });
  const head = { seq: 1, at_ms: 2_000_000, actor: null, source: null } as const;
  const part: Omit<Snapshot, 'unit' | 'orders' | 'notices'> = { t: 'snapshot', stream: 'orders', epoch: 'e', seq: 1, part: 0, last: true, units: [], circles: [], districts: [], incidents: [], assignments: [], alarms: [], decisions: [] };
  const held = ordersSnapshot(EMPTY_ORDERS, [{ ...part, unit: anUnit('P1'), orders: [anOrder(5, 7, 'P1')], notices: [] }]);
  const sent = (number: number, more: Partial<Notice> = {}): Event => ({ ...head, kind: 'notice.sent', notice: aNotice(5, number, more) });
  const updated = (number: number, state: 'delivered' | 'acknowledged'): Event =>
    ({ ...head, kind: 'notice.updated', assignment_id: 5, incident_id: 7, unit: 'P1', number, state, device_ms: null });

  it('calls, stays until its newest number is acknowledged, and joins what came before', () => {
    let state = ordersLog(held, log(sent(1)));
    expect(state).toMatchObject({ calls: held.calls + 1, call: 'notice' });
    state = ordersLog(state, log(sent(2, { kinds: ['danger', 'changed'] }), updated(1, 'acknowledged')));
    expect(state.notices.map((notice) => notice.number)).toEqual([2]);
    expect(state.order?.incident.warning).toMatchObject({ level: 'danger', text: '持刀' });
    state = ordersLog(state, log(updated(2, 'delivered')));
    expect(state.notices[0]?.state).toBe('delivered');
    expect(ordersLog(state, log(updated(2, 'acknowledged'))).notices).toEqual([]);
  });

  it('calls again when it is sent again, and after a reload', () => {
    let state = ordersLog(held, log(sent(1)));
    state = ordersLog(state, log({ ...head, kind: 'notice.step', assignment_id: 5, incident_id: 7, unit: 'P1', tier: '3', number: 1, step: 'resent' }));
    expect(state).toMatchObject({ calls: held.calls + 2 });
    expect(state.notices[0]?.resent).toBe(1);
    const parts = [{ ...part, unit: anUnit('P1'), orders: [anOrder(5, 7, 'P1')], notices: [aNotice(5, 1)] }];
    expect(ordersSnapshot(EMPTY_ORDERS, parts).notices).toHaveLength(1);
    expect(ordersSnapshot(state, parts).calls).toBe(state.calls);
  });

  it('of a recall outlives the order; the unit’s own end takes its notices with it', () => {
    const over = (state: 'recalled' | 'cleared'): Event => ({
      ...head, kind: 'assignment.updated', assignment_id: 5, incident_id: 7, unit: 'P1', tier: '3', state, reason: 'none',
      device_ms: null, late: false, lat: null, lon: null, version: 3, note: null, other_id: null,
    });
    const recalled = ordersLog(held, log(sent(1), over('recalled'), sent(2, { kinds: ['recalled'], level: null, text: null })));
    expect(recalled.order).toBeNull();
    expect(recalled.notices.map((notice) => notice.kinds)).toEqual([['recalled']]);
    expect(ordersLog(held, log(sent(1), over('cleared'))).notices).toEqual([]);
  });

  it('is off the screen when the acknowledgement waits in the outbox, unless a newer one came', () => {
    const press = [{ op: 'notice.update', assignment: 5, number: 1, state: 'acknowledged' }] as const;
    expect(unheardNotices([aNotice(5, 1)], press)).toEqual([]);
    expect(unheardNotices([aNotice(5, 2)], press)).toHaveLength(1);
    expect(unheardNotices([aNotice(5, 1)], [{ ...press[0], state: 'delivered' }])).toHaveLength(1);
  });
});

describe('what people read', () => {
  it('durations are cut, not rounded, and go below zero', () => {
    expect([0, 999, 59_999, 60_000, 3_729_000, -5_000, null].map(duration)).toEqual(['00:00', '00:00', '00:59', '01:00', '1:02:09', '−00:05', '—']);
    expect([0, 42_340, 187_500, 59_990].map(exact)).toEqual(['0.0', '42.3', '3:07.5', '1:00.0']);
  });

  it('texts are cut to the bytes that the engine takes, between characters', () => {
    expect(fitBytes('中山路', 7)).toBe('中山');
    expect(fitBytes('a😀', 4)).toBe('a');
    expect(fitBytes('short', 159)).toBe('short');
  });
});

describe('the colour measure', () => {
  it('agrees with the published pairs of CIEDE2000', () => {
    expect(ciede2000([50, 2.6772, -79.7751], [50, 0, -82.7485])).toBeCloseTo(2.0425, 4);
    expect(ciede2000([50, 2.5, 0], [73, 25, -18])).toBeCloseTo(27.1492, 4);
    expect(ciede2000([2.0776, 0.0795, -1.135], [0.9033, -0.0636, -0.5514])).toBeCloseTo(0.9082, 4);
  });
});
