/* A map that shows circles and takes a click as a place. The map's code comes only when it is needed. */

import { effect, useComputed, useSignal, type ReadonlySignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Fleet } from '../console/fleet.ts';
import { http } from '../link/http.ts';
import * as api from '../protocol/http.ts';
import type { Circle } from '../protocol/objects.ts';
import { isDark } from '../ui/theme.ts';
import { webglWorks } from '../ui/webgl.ts';
import { token } from './shared.tsx';
import { t } from './words.ts';

interface Props {
  circles: ReadonlySignal<readonly Circle[]>;
  /** The one that is being edited. */
  chosen: ReadonlySignal<string | null>;
  place: (at: { lat: number; lon: number }) => void;
  /** Brought into sight when it changes. */
  look: ReadonlySignal<{ lat: number; lon: number } | null>;
}

export function PlaceMap({ circles, chosen, place, look }: Props): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const trouble = useSignal<'map.no_webgl' | 'map.none' | null>(null);
  const shown = useComputed(() => circles.value);
  useEffect(() => {
    if (!webglWorks()) {
      trouble.value = 'map.no_webgl';
      return undefined;
    }
    let gone = false;
    const stops: (() => void)[] = [];
    void Promise.all([import('../console/map/view.ts'), http('/v1/map', api.map, { token: token() })]).then(([{ MapView }, reply]) => {
      const element = box.current;
      if (gone || !element) return;
      if (!reply.ok) {
        trouble.value = 'map.none';
        return;
      }
      const map = new MapView(element, reply.value.map, new Fleet(), isDark(), token, {
        incident: () => undefined, unit: () => undefined, place, lost: () => undefined, noTiles: () => undefined,
      });
      map.setPlacing(true);
      const watch = new ResizeObserver(() => map.resize());
      watch.observe(element);
      stops.push(
        () => watch.disconnect(),
        effect(() => map.setDark(isDark())),
        effect(() => map.setCircles(shown.value, chosen.value)),
        effect(() => {
          if (look.value) map.reveal(look.value);
        }),
        () => map.destroy(),
      );
    });
    return () => {
      gone = true;
      for (const stop of stops.reverse()) stop();
    };
  }, []);
  return (
    <div class="place-map" role="group" aria-label={t('map.title')}>
      <div class="map" ref={box} />
      {trouble.value ? <p class="warn">{t(trouble.value)}</p> : <p class="place-hint">{t('admin.map_hint')}</p>}
    </div>
  );
}
