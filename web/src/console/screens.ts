/* Several windows of one desk: what is chosen in one is chosen in all. The second window shows only the
 * map or only the boards. */

import { batch, effect } from '@preact/signals';
import { session } from '../ui/session.ts';
import { select, selectedId, selectedUnit, target } from './state.ts';

export const VIEWS = ['all', 'map', 'board'] as const;
export type View = (typeof VIEWS)[number];

export function viewOf(query: string): View {
  const asked = new URLSearchParams(query).get('view');
  return VIEWS.find((view) => view === asked) ?? 'all';
}

export const view: View = viewOf(location.search);

/** A window opened from here is logged in like this one. */
export function openView(name: Exclude<View, 'all'>): void {
  window.open(`${location.pathname}?view=${name}`, `kuaifan-${name}`, 'popup,width=1280,height=900');
}

interface Chosen {
  incident: number | null;
  unit: string | null;
  show: { lat: number; lon: number; zoom: number } | null;
}

/** What another window says may be of another version of the page. */
export function chosenOf(value: unknown): Chosen | null {
  if (typeof value !== 'object' || value === null) return null;
  const { incident, unit, show } = value as Record<string, unknown>;
  const at = show as Record<string, unknown> | null;
  const place = at !== null && typeof at === 'object' && ['lat', 'lon', 'zoom'].every((name) => Number.isFinite(at[name]));
  if (!(incident === null || Number.isInteger(incident)) || !(unit === null || typeof unit === 'string') || !(show === null || place)) return null;
  return { incident: incident as number | null, unit: unit as string | null, show: show as Chosen['show'] };
}

export function syncScreens(): () => void {
  const channel = new BroadcastChannel(`kuaifan.desk.${session.peek()?.user.name ?? ''}`);
  let heard = '';
  const now = (): Chosen => ({ incident: selectedId.value, unit: selectedUnit.value, show: target.value });
  channel.onmessage = (event: MessageEvent<unknown>) => {
    const chosen = chosenOf(event.data);
    if (!chosen) return;
    heard = JSON.stringify(chosen);
    batch(() => {
      select(chosen.incident);
      selectedUnit.value = chosen.unit;
      if (chosen.show && JSON.stringify(chosen.show) !== JSON.stringify(target.peek())) target.value = chosen.show;
    });
  };
  let first = true;
  const stop = effect(() => {
    const chosen = now();
    const text = JSON.stringify(chosen);
    if (!first && text !== heard) channel.postMessage(chosen);
    heard = text;
    first = false;
  });
  return () => {
    stop();
    channel.close();
  };
}
