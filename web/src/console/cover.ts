/* What coverage comes to, without colours: one sign a tier (pure). */

import type { Coverage } from '../protocol/http.ts';

export type Cover = 'covered' | 'thin' | 'gap';
export const COVER_SIGN: Record<Cover, string> = { covered: '●', thin: '◐', gap: '✕' };

type CoverTier = Coverage['circles'][number]['tiers'][number];

/** Thin: one unit, and nobody when it goes. */
export const coverOf = (tier: Pick<CoverTier, 'units'>): Cover =>
  tier.units.length === 0 ? 'gap' : tier.units.length === 1 ? 'thin' : 'covered';

/** "✕1·3" by circle, for the map: where somebody is missing, and in which tiers. */
export function gapSigns(coverage: Coverage | null): Map<string, string> {
  const signs = new Map<string, string>();
  for (const gap of coverage?.gaps ?? []) {
    const before = signs.get(gap.circle);
    signs.set(gap.circle, before === undefined ? `${COVER_SIGN.gap}${gap.tier}` : `${before}·${gap.tier}`);
  }
  return signs;
}
