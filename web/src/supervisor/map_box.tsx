/* A place for the map: loads it when it is first shown, says so when there is none. */

import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { http } from '../link/http.ts';
import * as api from '../protocol/http.ts';
import { session } from '../ui/session.ts';
import { theme } from '../ui/theme.ts';
import { webglWorks } from '../ui/webgl.ts';
import type { RecordMap } from './map.ts';
import { t } from './words.ts';

const isDark = (): boolean => theme.value === 'dark' || (theme.value === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);

export function MapBox({ show, label }: { show: (map: RecordMap) => void; label: string }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const map = useRef<RecordMap | null>(null);
  const trouble = useSignal<string | null>(null);
  const credit = useSignal('');
  const dark = isDark();
  const latest = useRef(show);
  latest.current = show;
  useEffect(() => {
    let gone = false;
    const token = (): string | null => session.value?.token ?? null;
    void (async () => {
      if (!webglWorks()) {
        trouble.value = t('map.no_webgl');
        return;
      }
      const [reply, module] = await Promise.all([http('/v1/map', api.map, { token: token() }), import('./map.ts')]);
      if (gone || !box.current) return;
      if (!reply.ok) {
        trouble.value = t('sup.map.none');
        return;
      }
      credit.value = reply.value.map.attribution;
      map.current = new module.RecordMap(box.current, reply.value.map, dark, token, () => (trouble.value = t('map.lost')));
      latest.current(map.current);
    })();
    return () => {
      gone = true;
      map.current?.destroy();
      map.current = null;
    };
  }, [dark]);
  useEffect(() => {
    if (map.current) show(map.current);
  }, [show]);
  return (
    <div class="map-box" role="region" aria-label={label}>
      <div ref={box} class="map-canvas" />
      {trouble.value === null ? null : <p class="map-trouble muted">{trouble.value}</p>}
      {credit.value === '' ? null : <p class="attribution">{credit.value}</p>}
    </div>
  );
}
