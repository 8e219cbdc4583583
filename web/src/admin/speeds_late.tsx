import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { late } from '../ui/late.ts';
import { t } from './words.ts';

const { module, fetch } = late(() => import('./speeds.tsx'));

/** The table of speeds is fetched when somebody wants to see it. */
export function LateSpeeds(): JSX.Element {
  useEffect(fetch, []);
  const Part = module.value?.Speeds;
  return Part ? <Part /> : <p class="muted" role="status">{t('common.loading')}</p>;
}
