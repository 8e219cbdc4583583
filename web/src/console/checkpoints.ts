/* What patrols have to visit, for the map: asked every half minute while the page is looked at, and at once
 * when one becomes overdue or is none any more. */

import { computed, effect, signal } from '@preact/signals';
import { http } from '../link/http.ts';
import { checkpoints as answer, isRoute, type Checkpoint } from '../protocol/patrol.ts';
import { STAND_SIGN, standOf, type Stand } from '../ui/checkpoint_stand.ts';
import { session } from '../ui/session.ts';
import { city, now } from './state.ts';

const POLL_MS = 30_000;

export const checkpoints = signal<readonly Checkpoint[]>([]);
const alarmed = computed(() => [...city.value.alarms.values()].flatMap((alarm) => alarm.checkpoint ?? []).sort().join(' '));

export interface CheckpointMark {
  code: string;
  name: string;
  lat: number;
  lon: number;
  stand: Stand;
  sign: string;
}

export const marksOf = (list: readonly Checkpoint[], now_ms: number): CheckpointMark[] =>
  list.filter((checkpoint) => !isRoute(checkpoint)).map((checkpoint) => {
    const stand = standOf(checkpoint, now_ms);
    return { code: checkpoint.code, name: checkpoint.name, lat: checkpoint.lat, lon: checkpoint.lon, stand, sign: STAND_SIGN[stand] };
  });

/** As of the last answer: what comes due meanwhile is seen with the next one. */
export const checkpointMarks = computed(() => marksOf(checkpoints.value, now.peek()));
export const checkpointAt = (code: string): Checkpoint | undefined => checkpoints.value.find((each) => each.code === code);

async function ask(): Promise<void> {
  const token = session.peek()?.token ?? null;
  if (token === null || document.hidden) return;
  const reply = await http('/v1/checkpoints', answer, { token });
  if (reply.ok) checkpoints.value = reply.value.checkpoints;
}

export function watchCheckpoints(): () => void {
  const timer = setInterval(() => void ask(), POLL_MS);
  const stop = effect(() => {
    void alarmed.value;
    void ask();
  });
  return () => {
    clearInterval(timer);
    stop();
    checkpoints.value = [];
  };
}
