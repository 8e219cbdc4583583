import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type * as Module from './speeds.tsx';
import { t } from './words.ts';

const AGAIN_MS = 3_000;
const loaded = signal<typeof Module | null>(null);

/** The table of speeds is fetched when somebody wants to see it. */
export function LateSpeeds(): JSX.Element {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = (): void => {
      import('./speeds.tsx').then(
        (module) => (loaded.value = module),
        () => (timer = setTimeout(load, AGAIN_MS)),
      );
    };
    if (loaded.peek() === null) load();
    return () => clearTimeout(timer);
  }, []);
  const Part = loaded.value?.Speeds;
  return Part ? <Part /> : <p class="muted" role="status">{t('common.loading')}</p>;
}
