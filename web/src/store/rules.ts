/* What follows from an event as PROTOCOL.md §7 says, for the city's stream and for a unit's. */

import type { Assignment, Event, Notice, Unit } from '../protocol/objects.ts';
import { ASSIGNMENT_ACTIVE, type AssignmentState, type UnitStatus } from '../protocol/values.ts';

/** A unit's status follows from its duty and its active assignment. */
export function unitStatus(unit: Pick<Unit, 'duty'>, active: Assignment | null): UnitStatus {
  if (active && ASSIGNMENT_ACTIVE.has(active.state)) {
    if (active.state === 'en_route') return 'en_route';
    return active.state === 'on_scene' ? 'on_scene' : 'dispatched';
  }
  switch (unit.duty) {
    case 'on':
      return 'available';
    case 'off':
      return 'off_duty';
    case 'out_of_service':
      return 'out_of_service';
  }
}

/** The times of an assignment that enters `state`. A milestone is written once; skipped ones stay null. */
export function entered(held: Assignment, state: AssignmentState, at_ms: number): Partial<Assignment> {
  switch (state) {
    case 'sent':
      return { state };
    case 'delivered':
      return { state, delivered_ms: held.delivered_ms ?? at_ms };
    case 'acknowledged':
      return { state, acknowledged_ms: held.acknowledged_ms ?? at_ms };
    case 'en_route':
      return { state, en_route_ms: held.en_route_ms ?? at_ms };
    case 'on_scene':
      return { state, on_scene_ms: held.on_scene_ms ?? at_ms };
    case 'cleared':
    case 'declined':
    case 'recalled':
    case 'cancelled':
    case 'preempted':
      return { state, ended_ms: held.ended_ms ?? at_ms, par_asked_ms: null };
  }
}

/** A notice after a receipt, an acknowledgement or a step of its ladder. */
export function heard(held: Notice, event: Event & { kind: 'notice.updated' | 'notice.step' }): Notice {
  if (event.kind === 'notice.step') {
    return { ...held, resent: held.resent + (event.step === 'resent' ? 1 : 0) };
  }
  return {
    ...held,
    state: event.state,
    delivered_ms: held.delivered_ms ?? (event.state === 'delivered' ? event.at_ms : null),
    acknowledged_ms: event.state === 'acknowledged' ? event.at_ms : null,
  };
}
