/* Which checkpoints a unit is shown (pure). */

import { isRoute, type Checkpoint } from '../protocol/patrol.ts';
import { metres } from '../ui/format.ts';

/** A receiver wanders as far as that, and the engine allows for it. */
const EDGE_M = 25;
export const SHOWN = 8;

export interface Near {
  checkpoint: Checkpoint;
  /** null: the phone does not know where it is. */
  away_m: number | null;
  isThere: boolean;
}

/** The nearest first; without a position, what is due first. */
export function nearest(list: readonly Checkpoint[], at: { lat: number; lon: number } | null): Near[] {
  const far = (near: Near): number => near.away_m ?? near.checkpoint.overdue_ms ?? near.checkpoint.due_ms ?? Infinity;
  return list
    .filter((checkpoint) => !isRoute(checkpoint))
    .map((checkpoint) => {
      const away_m = at && metres(at, checkpoint);
      return { checkpoint, away_m, isThere: away_m !== null && away_m <= checkpoint.radius_m + EDGE_M };
    })
    .sort((a, b) => far(a) - far(b) || a.checkpoint.code.localeCompare(b.checkpoint.code))
    .slice(0, SHOWN);
}

export interface Round {
  route: Checkpoint;
  /** The stop that comes next. */
  name: string;
}

/** Rounds that are under way first, then by what is due first. */
export function rounds(list: readonly Checkpoint[]): Round[] {
  const due = (route: Checkpoint): number => route.overdue_ms ?? route.due_ms ?? Infinity;
  return list
    .filter(isRoute)
    .sort((a, b) => Number(b.began_ms !== null) - Number(a.began_ms !== null) || due(a) - due(b) || a.code.localeCompare(b.code))
    .slice(0, SHOWN)
    .map((route) => {
      const next = list.find(({ code }) => code === route.next);
      return { route, name: next ? `${next.code} ${next.name}` : (route.next ?? '—') };
    });
}
