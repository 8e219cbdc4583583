/* Which buttons an order shows. Pure: the state the engine knows, and what is pressed but not yet
 * confirmed, give the step the unit sees. */

import type { Command } from '../protocol/commands.ts';
import type { Notice, Order } from '../protocol/objects.ts';
import type { AssignmentState, Duty, PanicState } from '../protocol/values.ts';

export type Press = 'acknowledged' | 'en_route' | 'on_scene' | 'cleared' | 'declined';

const RANK: Record<AssignmentState, number> = {
  sent: 0, delivered: 1, acknowledged: 2, en_route: 3, on_scene: 4,
  cleared: 5, declined: 5, recalled: 5, cancelled: 5, preempted: 5,
};

/** The state as the unit sees it: what it pressed counts at once, shown as not yet confirmed. */
export function seenState(
  order: Order,
  queued: readonly Command[],
): { state: AssignmentState; confirmed: boolean } {
  let state: AssignmentState = order.assignment.state;
  let confirmed = true;
  for (const command of queued) {
    if (command.op !== 'assignment.update') continue;
    if (command.assignment !== order.assignment.assignment_id) continue;
    if (RANK[command.state] <= RANK[state]) continue;
    state = command.state;
    if (command.state !== 'delivered') confirmed = false;
  }
  return { state, confirmed };
}

/** As long as a dispatcher's own order may be on its way before it is asked about again (link.ts). */
export const LATE_ORDER_MS = 15_000;

/** It was under way so long that the world has moved on: taking it wants a second look. `heard_ms`: when
 * this page first had it, by the engine's clock; the engine's own word of the delivery goes before. */
export function isLateOrder({ assignment: { state, sent_ms, delivered_ms } }: Order, heard_ms: number | null): boolean {
  const heard = delivered_ms ?? heard_ms;
  const open = state === 'sent' || state === 'delivered';
  return open && sent_ms !== null && heard !== null && heard - sent_ms > LATE_ORDER_MS;
}

/** The call for help as the unit sees it: pressed counts at once, `sent` says whether the engine has it. */
export function seenPanic(panic: PanicState, queued: readonly Command[]): { state: PanicState; sent: boolean } {
  return queued.some((command) => command.op === 'unit.panic') ? { state: 'raised', sent: false } : { state: panic, sent: true };
}

/** "Is all well?" stands until it is answered. */
export function parAsked(order: Order, queued: readonly Command[]): boolean {
  const { assignment_id, par_asked_ms } = order.assignment;
  return par_asked_ms !== null && !queued.some((command) => command.op === 'assignment.par' && command.assignment === assignment_id);
}

/** What the person has not acknowledged: what was pressed counts at once. */
export function unheardNotices(notices: readonly Notice[], queued: readonly Command[]): readonly Notice[] {
  return notices.filter(
    (notice) =>
      !queued.some(
        (command) =>
          command.op === 'notice.update' && command.state === 'acknowledged' &&
          command.assignment === notice.assignment_id && command.number >= notice.number,
      ),
  );
}

export function seenDuty(duty: Duty, queued: readonly Command[]): { duty: Duty; confirmed: boolean } {
  const last = queued.findLast((command) => command.op === 'unit.duty');
  return last?.op === 'unit.duty' && last.duty !== duty
    ? { duty: last.duty, confirmed: false }
    : { duty, confirmed: true };
}

export function nextPress(state: AssignmentState): Press | null {
  switch (state) {
    case 'sent':
    case 'delivered':
      return 'acknowledged';
    case 'acknowledged':
      return 'en_route';
    case 'en_route':
      return 'on_scene';
    case 'on_scene':
      return 'cleared';
    case 'cleared':
    case 'declined':
    case 'recalled':
    case 'cancelled':
    case 'preempted':
      return null;
  }
}

/** A unit may say no until it is there. */
export function mayDecline(state: AssignmentState): boolean {
  return RANK[state] < RANK.on_scene;
}
