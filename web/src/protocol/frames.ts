/* What the WebSocket says, checked. Nothing past this file sees an unchecked value. */

import {
  Refused, bool, count, int, list, literal, maybe, members, nullable, obj, oneOf, str,
  type Check, type Of,
} from './check.ts';
import * as o from './objects.ts';

export type Decoded<T> = { ok: true; value: T } | { ok: false; pointer: string; want: string };

export function decode<T>(check: Check<T>, value: unknown): Decoded<T> {
  try {
    return { ok: true, value: check(value, '') };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, pointer: error.pointer, want: error.want };
    throw error;
  }
}

const stream = oneOf(['city', 'orders', 'units']);
export type Stream = Of<typeof stream>;

const hello = obj({
  t: literal('hello'), v: literal(1), server: maybe(str), epoch: str, now_ms: int,
});
const beat = obj({ t: literal('beat'), now_ms: int, seq: count });
const coverage = obj({ t: literal('coverage'), version: count });
export const log = obj({
  t: literal('log'), stream, epoch: str, from: count, upto: count, events: o.events,
});
const absent =
  <T>(check: Check<T>): Check<T[]> =>
  (value, at) =>
    value === undefined ? [] : list(check)(value, at);
export const snapshot = obj({
  t: literal('snapshot'),
  stream,
  epoch: str,
  seq: count,
  part: count,
  last: bool,
  units: absent(o.unit),
  circles: absent(o.circle),
  districts: absent(o.district),
  incidents: absent(o.incident),
  assignments: absent(o.assignment),
  notices: absent(o.notice),
  alarms: absent(o.alarm),
  decisions: absent(o.decision),
  unit: maybe(o.unit),
  orders: absent(o.order),
});

export const problem = obj({
  code: str,
  title: maybe(str),
  detail: maybe(str),
  pointer: maybe(str),
  retry: maybe(bool),
  generation: maybe(count),
  by: maybe(str),
  by_ms: maybe(int),
  errors: maybe(
    list(obj({ line: maybe(count), column: maybe(count), detail: str })),
  ),
});

/** 1…2^53: the highest is not a safe integer, but a whole one. */
const answerId: Check<number> = (value, at) => {
  if (!Number.isInteger(value)) throw new Refused(at, 'a whole number');
  return value as number;
};
const answerOk = obj({
  id: answerId,
  ok: literal(true),
  res: ((value, at) => members(value ?? {}, at)) as Check<Record<string, unknown>>,
});
const answerError = obj({ id: nullable(answerId), ok: literal(false), error: problem });

export type Hello = Of<typeof hello>;
export type Beat = Of<typeof beat>;
export type LogFrame = Of<typeof log>;
export type Snapshot = Of<typeof snapshot>;
export type Problem = Of<typeof problem>;
export type AnswerOk = Of<typeof answerOk> & { t: 'answer' };
export type AnswerError = Of<typeof answerError> & { t: 'refusal' };
export type ServerMessage = Hello | Beat | Of<typeof coverage> | LogFrame | Snapshot | AnswerOk | AnswerError;

const serverMessage: Check<ServerMessage | null> = (value, at) => {
  const from = members(value, at);
  if (from['t'] === undefined) {
    return from['ok'] === true
      ? { ...answerOk(value, at), t: 'answer' as const }
      : { ...answerError(value, at), t: 'refusal' as const };
  }
  switch (str(from['t'], `${at}/t`)) {
    case 'hello':
      return hello(value, at);
    case 'beat':
      return beat(value, at);
    case 'coverage':
      return coverage(value, at);
    case 'log':
      return log(value, at);
    case 'snapshot':
      return snapshot(value, at);
    default:
      return null; /* a newer engine's message: not for us */
  }
};

/** A text frame of the server. A null value: a message of a kind this page does not know. */
export function decodeMessage(text: string): Decoded<ServerMessage | null> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, pointer: '', want: 'JSON' };
  }
  return decode(serverMessage, value);
}

export const authResult = obj({ user: o.user, expires_ms: int, heartbeat_ms: int });
export const subResult = obj({ recovered: maybe(bool) });
