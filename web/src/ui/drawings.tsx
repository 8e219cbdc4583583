/* The drawings of a circle (一圈一图): floor plans, gates, cordons, for whoever decides or goes there. */

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { http } from '../link/http.ts';
import { drawings, drawingsPath, type Drawing } from '../protocol/drawings.ts';
import { t } from './drawing_words.ts';
import { Picture } from './picture.tsx';
import { problemText } from './problem.ts';
import { session } from './session.ts';

export function DrawingPicture({ drawing }: { drawing: Drawing }): JSX.Element {
  return <Picture path={`${drawingsPath(drawing.circle)}/${drawing.hash}`} alt={t('alt', { name: drawing.name, circle: drawing.circle })} />;
}

/** `from`: drawingsPath() or drawingsOfIncident(); asked again when `again` is another. Nothing where there are none. */
export function Drawings({ from, again = 0 }: { from: string; again?: number }): JSX.Element | null {
  const held = useSignal<readonly Drawing[]>([]);
  const trouble = useSignal<string | null>(null);
  const tries = useSignal(0);
  useEffect(() => {
    const stop = new AbortController();
    void http(from, drawings, { token: session.peek()?.token ?? null, signal: stop.signal }).then((reply) => {
      if (stop.signal.aborted) return;
      if (reply.ok) held.value = reply.value.drawings;
      trouble.value = reply.ok ? null : problemText(reply.problem);
    });
    return () => stop.abort();
  }, [from, again, tries.value]);
  if (held.value.length === 0 && trouble.value === null) return null;
  return (
    <section class="drawings" aria-label={t('drawings')}>
      {held.value.map((drawing) => (
        <figure key={drawing.hash}>
          <DrawingPicture drawing={drawing} />
          <figcaption>{drawing.name}</figcaption>
        </figure>
      ))}
      {trouble.value === null ? null : (
        <button type="button" class="link" onClick={() => (tries.value += 1)}>{t('drawings')}: {trouble.value} ↻</button>
      )}
    </section>
  );
}
