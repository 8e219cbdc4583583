/* What a unit knows: itself and the order it has. Pure, as city.ts is. */

import type { LogFrame, Snapshot } from '../protocol/frames.ts';
import type { Event, Notice, Order, Unit } from '../protocol/objects.ts';
import { ASSIGNMENT_ACTIVE, type AssignmentState } from '../protocol/values.ts';
import { entered, heard, unitStatus } from './rules.ts';

export interface Ended {
  assignment_id: number;
  incident_id: number;
  state: AssignmentState;
  at_ms: number;
}

export interface Orders {
  unit: Unit | null;
  /** The active order, by the last one sent. */
  order: Order | null;
  notes: { at_ms: number; note: string }[];
  /** What has to be heard and was not acknowledged, oldest first. */
  notices: Notice[];
  /** The order that ended last, to say why it is gone. */
  ended: Ended | null;
  /** How often the unit was asked to look again: a new order, a re-send, a notice. */
  calls: number;
  /** What the last call was. */
  call: 'order' | 'resent' | 'changed' | 'notice' | 'par' | null;
}

export const EMPTY_ORDERS: Orders = {
  unit: null, order: null, notes: [], notices: [], ended: null, calls: 0, call: null,
};

export function ordersSnapshot(old: Orders, parts: readonly Snapshot[]): Orders {
  const unit = parts.map((part) => part.unit).find((held) => held !== null) ?? null;
  const order =
    parts.flatMap((part) => part.orders).findLast((held) => ASSIGNMENT_ACTIVE.has(held.assignment.state)) ?? null;
  const isNew = order !== null && order.assignment.assignment_id !== old.order?.assignment.assignment_id;
  const notices = parts.flatMap((part) => part.notices).toReversed();
  const isMore = notices.some((held) => !old.notices.some((known) => isSame(known, held)));
  return {
    unit,
    order,
    notices,
    notes: isNew || order === null ? [] : old.notes,
    ended: order === null ? old.ended : null,
    calls: old.calls + (isNew || isMore ? 1 : 0),
    call: isNew ? 'order' : isMore ? 'notice' : old.call,
  };
}

const isSame = (a: Notice, b: { assignment_id: number; number: number }): boolean =>
  a.assignment_id === b.assignment_id && a.number === b.number;

export function ordersLog(old: Orders, frame: LogFrame): Orders {
  return frame.events.reduce(apply, old);
}

function apply(held: Orders, event: Event): Orders {
  switch (event.kind) {
    case 'assignment.sent': {
      if (!event.order) return held;
      return derive({
        ...held, order: event.order, notes: [], ended: null, calls: held.calls + 1, call: 'order',
      }, event.at_ms);
    }
    case 'assignment.updated': {
      const order = held.order;
      if (order?.assignment.assignment_id !== event.assignment_id) return held;
      const assignment = {
        ...order.assignment,
        ...entered(order.assignment, event.state, event.at_ms),
        version: event.version,
        late: order.assignment.late || event.late,
        reason: event.reason ?? order.assignment.reason,
      };
      if (ASSIGNMENT_ACTIVE.has(event.state)) {
        return derive({ ...held, order: { ...order, assignment } }, event.at_ms);
      }
      const ended: Ended = {
        assignment_id: event.assignment_id, incident_id: event.incident_id, state: event.state, at_ms: event.at_ms,
      };
      const notices = held.notices.filter((notice) => notice.assignment_id !== event.assignment_id);
      return derive({ ...held, order: null, notes: [], notices, ended }, event.at_ms);
    }
    case 'assignment.step': {
      const order = held.order;
      if (order?.assignment.assignment_id !== event.assignment_id) return held;
      if (event.step === 'par_asked') {
        const asked = { ...order.assignment, version: event.version, par_asked_ms: event.at_ms };
        return { ...held, order: { ...order, assignment: asked }, calls: held.calls + 1, call: 'par' };
      }
      if (event.step !== 'resent') return held;
      const assignment = { ...order.assignment, version: event.version, resent: order.assignment.resent + 1 };
      return { ...held, order: { ...order, assignment }, calls: held.calls + 1, call: 'resent' };
    }
    case 'incident.updated': {
      const order = held.order;
      if (order?.incident.incident_id !== event.incident_id || !event.order) return held;
      return { ...held, order: event.order, calls: held.calls + 1, call: 'changed' };
    }
    case 'assignment.par': {
      const order = held.order;
      if (order?.assignment.assignment_id !== event.assignment_id) return held;
      return { ...held, order: { ...order, assignment: { ...order.assignment, par_asked_ms: null } } };
    }
    case 'unit.panic':
    case 'panic.closed':
    case 'alarm.acked': {
      if (!held.unit) return held;
      const panic = event.kind === 'unit.panic' ? 'raised' : event.kind === 'panic.closed' ? 'none' : 'acknowledged';
      return { ...held, unit: { ...held.unit, panic } };
    }
    case 'notice.sent': {
      const others = held.notices.filter((notice) => notice.assignment_id !== event.notice.assignment_id);
      return { ...warned(held, event.notice, event.at_ms), notices: [...others, event.notice], calls: held.calls + 1, call: 'notice' };
    }
    case 'notice.updated': {
      const notices = held.notices
        .map((notice) => (isSame(notice, event) ? heard(notice, event) : notice))
        .filter((notice) => notice.state !== 'acknowledged');
      return { ...held, notices };
    }
    case 'notice.step': {
      if (event.step !== 'resent' || !held.notices.some((notice) => isSame(notice, event))) return held;
      const notices = held.notices.map((notice) => (isSame(notice, event) ? heard(notice, event) : notice));
      return { ...held, notices, calls: held.calls + 1, call: 'notice' };
    }
    case 'incident.noted':
      if (held.order?.incident.incident_id !== event.incident_id) return held;
      return { ...held, notes: [...held.notes, { at_ms: event.at_ms, note: event.note }].slice(-20) };
    case 'unit.duty':
      if (held.unit?.code !== event.unit) return held;
      return derive({ ...held, unit: { ...held.unit, duty: event.duty, people: event.people ?? held.unit.people } }, event.at_ms);
    default:
      return held;
  }
}

/** A warning stays with the order after it was acknowledged. */
function warned(held: Orders, notice: Notice, at_ms: number): Orders {
  const order = held.order;
  if (order?.assignment.assignment_id !== notice.assignment_id || notice.level === null) return held;
  const warning = { level: notice.level, text: notice.text, at_ms };
  return { ...held, order: { ...order, incident: { ...order.incident, warning } } };
}

function derive(held: Orders, at_ms: number): Orders {
  if (!held.unit) return held;
  const active = held.order?.assignment ?? null;
  const status = unitStatus(held.unit, active);
  return {
    ...held,
    unit: {
      ...held.unit,
      status,
      status_ms: status === held.unit.status ? held.unit.status_ms : at_ms,
      assignment_id: active?.assignment_id ?? null,
      incident_id: active?.incident_id ?? null,
    },
  };
}
