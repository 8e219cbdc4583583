/* The way to the scene as a sketch, north above: how long by the roads of now, how far, and how it goes.
 * No map is needed for it; who wants to be led uses the phone's own navigation. */

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { t } from './words.ts';
import { http } from '../link/http.ts';
import { route, type Route } from '../protocol/http.ts';
import { duration } from '../ui/format.ts';
import { problemText } from '../ui/problem.ts';
import { session } from '../ui/session.ts';
import { outline, SKETCH } from './sketch.ts';

const AGAIN_MS = 10_000;

export function Way({ unit, incident, place }: { unit: string; incident: number; place: string }): JSX.Element {
  const found = useSignal<Route | null>(null);
  const trouble = useSignal<string | null>(null);
  useEffect(() => {
    let gone = false;
    const ask = async (): Promise<void> => {
      const reply = await http(`/v1/route?unit=${encodeURIComponent(unit)}&incident=${incident}`, route, { token: session.peek()?.token ?? null });
      if (gone) return;
      if (reply.ok) found.value = reply.value;
      trouble.value = reply.ok ? null : problemText(reply.problem);
    };
    void ask();
    const timer = setInterval(() => void ask(), AGAIN_MS);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [unit, incident, place]);
  const held = found.value;
  if (!held) return <p class="muted" role="status">{trouble.value ?? t('common.loading')}</p>;
  const line = outline(held.geometry.coordinates);
  const end = line.at(-1);
  return (
    <figure class="way">
      <figcaption>
        <strong>{duration(held.properties.travel_ms)}</strong> · {t('unit.way.km', { km: (held.properties.distance_m / 1000).toFixed(1) })}
        {trouble.value ? <span class="muted"> · {trouble.value}</span> : null}
      </figcaption>
      {end ? (
        <svg viewBox={`0 0 ${SKETCH} ${SKETCH}`} role="img" aria-label={t('unit.way')}>
          <text x={SKETCH - 14} y="18">N↑</text>
          <polyline points={line.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')} />
          <circle cx={line[0]![0]} cy={line[0]![1]} r="6" class="from" />
          <circle cx={end[0]} cy={end[1]} r="8" class="to" />
        </svg>
      ) : null}
    </figure>
  );
}
