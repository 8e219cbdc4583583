/* Closures in force: asked of the engine every few seconds, since no stream has them, and at once after
 * one's own change. A failed question keeps what was known and says that it may be old. */

import { effect, signal } from '@preact/signals';
import { http, type Reply } from '../link/http.ts';
import * as api from '../protocol/http.ts';
import { fitBytes, TEXT_BYTES } from '../protocol/commands.ts';
import { problemText } from '../ui/problem.ts';
import { session } from '../ui/session.ts';
import { play } from '../ui/sound.ts';
import { bodyOf, newDrawing, withPoint, type Drawing } from './roads.ts';
import { link, mapInfo, placing, result, say } from './state.ts';
import { t } from './words.ts';

const POLL_MS = 5000;

export const closures = signal<readonly api.Traffic[]>([]);
export const trafficVersion = signal(0);
/** The last question was not answered. */
export const trafficStale = signal(false);
export const roadsOpen = signal(false);
export const drawing = signal<Drawing | null>(null);

let asked = 0;

function take(reply: Reply<{ traffic_version: number; traffic: api.Traffic[] }>): void {
  trafficStale.value = !reply.ok && reply.status !== 404;
  if (!reply.ok) return;
  if (JSON.stringify(reply.value.traffic) !== JSON.stringify(closures.peek())) closures.value = reply.value.traffic;
  trafficVersion.value = reply.value.traffic_version;
}

async function ask(): Promise<void> {
  const token = session.peek()?.token ?? null;
  if (token === null || document.hidden || mapInfo.peek()?.has_roads !== true) return;
  const number = ++asked;
  const reply = await http('/v1/traffic', api.traffic, { token });
  if (number === asked) take(reply);
}

export function watchTraffic(): () => void {
  const timer = setInterval(() => void ask(), POLL_MS);
  const stop = effect(() => {
    void mapInfo.value;
    void ask();
  });
  return () => {
    clearInterval(timer);
    stop();
    asked += 1;
    closures.value = [];
    drawing.value = null;
  };
}

/** Begins at a place, if one is given: what happened there closes the road beside it. */
export function startDrawing(at: { lat: number; lon: number } | null = null): void {
  if (mapInfo.value?.has_roads !== true) {
    say('bad', t('road.no_map'));
    return;
  }
  placing.value = null;
  roadsOpen.value = true;
  const fresh = newDrawing(closures.value.map(({ code }) => code));
  drawing.value = at ? withPoint(fresh, at) : fresh;
}

async function change(path: string, method: 'PUT' | 'DELETE', body: unknown, done: (list: readonly api.Traffic[]) => string): Promise<boolean> {
  result.value = { kind: 'wait', text: t('cmd.sent') };
  asked += 1; /* an answer from before this change is old */
  const reply = await http(path, api.traffic, { token: session.peek()?.token ?? null, method, ...(body === undefined ? {} : { body }) });
  if (!reply.ok) {
    const offRoad = reply.problem.code === 'out_of_range' && reply.problem.pointer === '/line';
    say('bad', t('cmd.refused', { why: offRoad ? t('road.off_road') : problemText(reply.problem) }));
    return false;
  }
  take(reply);
  result.value = { kind: 'ok', text: done(reply.value.traffic) };
  play('accepted', 0.1);
  return true;
}

export async function putDrawing(): Promise<void> {
  const held = drawing.value;
  if (!held) return;
  const made = bodyOf({ ...held, note: fitBytes(held.note, TEXT_BYTES.address) }, link.clock.now());
  if (!made.ok) {
    say('bad', t(made.why));
    return;
  }
  const { code } = made.body;
  const done = await change('/v1/traffic', 'PUT', made.body, (list) =>
    t('road.saved', { code, n: list.find((item) => item.code === code)?.edges ?? 0 }));
  if (done) drawing.value = null;
}

/** False: no closure has this code. */
export function lift(code: string): boolean {
  const found = closures.value.find((item) => item.code.toUpperCase() === code.toUpperCase());
  if (!found) return false;
  void change(`/v1/traffic/${encodeURIComponent(found.code)}`, 'DELETE', undefined, () => t('road.lifted', { code: found.code }));
  return true;
}
