import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { late } from '../ui/late.ts';
import { t } from './words.ts';

const { module, fetch } = late(() => import('./centres.tsx'));

/** Centres are fetched when somebody wants to see them. */
export function LateCentres(): JSX.Element {
  useEffect(fetch, []);
  const Part = module.value?.Centres;
  return Part ? <Part /> : <p class="muted" role="status">{t('common.loading')}</p>;
}
