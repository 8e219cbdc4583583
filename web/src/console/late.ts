/* What is not needed to see that something rings and to order by key or button: one chunk, fetched as soon as the desk
 * stands, so that it is there before anybody asks for it, and without a link. */

import { signal } from '@preact/signals';
import type * as Panels from './panels.ts';

export const panels = signal<typeof Panels | null>(null);
const AGAIN_MS = 5000;

export function fetchPanels(): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const go = (): void => {
    timer = null;
    import('./panels.ts').then(
      (loaded) => (panels.value = loaded),
      () => (timer = setTimeout(go, AGAIN_MS)),
    );
  };
  if (panels.peek() === null) go();
  return () => {
    if (timer !== null) clearTimeout(timer);
  };
}
