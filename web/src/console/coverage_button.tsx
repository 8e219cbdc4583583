/* Coverage where it is always seen: how many gaps there are, and what an order would leave to nobody. */

import type { JSX } from 'preact';
import { COVER_SIGN } from './cover.ts';
import { coverage, coverageOpen, lost } from './coverage.ts';
import { city, picks } from './state.ts';
import { t } from './words.ts';

export function CoverageButton(): JSX.Element | null {
  const known = coverage.value;
  if (known === null) return null;
  return (
    <button type="button" class="alarm-count" aria-expanded={coverageOpen.value} aria-controls="coverage" onClick={() => (coverageOpen.value = !coverageOpen.value)}>
      {COVER_SIGN.gap} {t('cover.button', { n: known.gaps.length })}
    </button>
  );
}

/** Beside the order button: an order is never kept back, its price is told. */
export function CoverageWarning(): JSX.Element | null {
  if (picks.value.size === 0 || lost.value.length === 0) return null;
  const first = lost.value[0]!;
  return (
    <p class="warn cover-warning" role="status">
      {t('cover.lost', { circle: city.value.circles.get(first.circle)?.name ?? first.circle, tier: first.tier })}
      {lost.value.length > 1 ? ` ${t('cover.lost_more', { n: lost.value.length - 1 })}` : ''}
    </p>
  );
}
