/* What coverage comes to, without colours: one sign a tier (pure). */

import type { Coverage } from '../protocol/http.ts';

export type Cover = 'covered' | 'thin' | 'gap';
export const COVER_SIGN: Record<Cover, string> = { covered: '●', thin: '◐', gap: '✕' };

type CoverTier = Coverage['circles'][number]['tiers'][number];

/** Thin: one unit, and nobody when it goes. */
export const coverOf = (tier: Pick<CoverTier, 'units'>): Cover =>
  tier.units.length === 0 ? 'gap' : tier.units.length === 1 ? 'thin' : 'covered';

type Gap = Coverage['gaps'][number];

export interface GapLine {
  circle: string;
  /** The longest of its tiers. */
  since_ms: number;
  /** "✕1·3": in which tiers somebody is missing. */
  sign: string;
  /** What would close them, each unit once. */
  moves: NonNullable<Gap['move']>[];
}

/** One line a circle, the longest first. */
export function gapLines(gaps: readonly Gap[]): GapLine[] {
  const lines = new Map<string, GapLine>();
  for (const { circle, tier, since_ms, move } of gaps) {
    const held = lines.get(circle);
    const moves = held?.moves ?? [];
    lines.set(circle, {
      circle,
      since_ms: Math.min(since_ms, held?.since_ms ?? Infinity),
      sign: held ? `${held.sign}·${tier}` : `${COVER_SIGN.gap}${tier}`,
      moves: move === null || moves.some(({ unit }) => unit === move.unit) ? moves : [...moves, move],
    });
  }
  return [...lines.values()].sort((a, b) => a.since_ms - b.since_ms);
}

/** The signs alone, by circle, for the map. */
export const gapSigns = (coverage: Coverage | null): Map<string, string> =>
  new Map(gapLines(coverage?.gaps ?? []).map(({ circle, sign }) => [circle, sign]));
