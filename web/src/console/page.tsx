import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { session } from '../ui/session.ts';
import { soundReady, soundStart } from '../ui/sound.ts';
import { AlarmRow } from './alarm_row.tsx';
import { CommandBar } from './commandbar.tsx';
import { coverageOpen, watchCoverage } from './coverage.ts';
import { Header, LinkStrips } from './header.tsx';
import { actionOf, keys, type Action } from './keys.ts';
import { fetchPanels, panels } from './late.ts';
import { MapPane } from './map_pane.tsx';
import { Queue } from './queue.tsx';
import { Recommend } from './recommend.tsx';
import { openReport } from './report_open.ts';
import { watchRoutes } from './routes.ts';
import { syncScreens, view } from './screens.ts';
import {
  ackOldest, alarmsOpen, handingOver, helping, mute, orderNumber, orderPicked, placing, reporting, selectNext, settling, start,
} from './state.ts';
import { drawing, roadsOpen, watchTraffic } from './traffic.ts';
import { Units } from './units.tsx';

const PANES = ['queue', 'detail', 'map', 'recommend', 'units'] as const;

function focusPane(step: number): void {
  const here = document.activeElement?.closest('[data-pane]')?.getAttribute('data-pane') ?? '';
  const there = PANES.filter((name) => document.querySelector(`[data-pane="${name}"]`) !== null);
  const at = there.indexOf(here as (typeof PANES)[number]);
  const pane = document.querySelector(`[data-pane="${there[(at + step + there.length) % there.length]}"]`);
  pane?.querySelector<HTMLElement>('.list-body, [tabindex="0"], canvas, button')?.focus();
}

const ACTS: Record<Action, () => void> = {
  help: () => (helping.value = !helping.value),
  next: () => selectNext(1),
  previous: () => selectNext(-1),
  report: () => openReport(),
  detail: () => undefined, /* the page's own */
  alarms: () => (alarmsOpen.value = !alarmsOpen.value),
  pane: () => focusPane(1),
  pane_back: () => focusPane(-1),
  mute,
  ack: ackOldest,
  order: orderPicked,
  handover: () => (handingOver.value = !handingOver.value),
};

/** Single letters never act outside the command line; keys that do are function keys or with a modifier. */
function onKey(event: KeyboardEvent, toggleDetail: () => void): void {
  if (event.isComposing || event.defaultPrevented) return;
  const act = (run: () => void): void => {
    event.preventDefault();
    run();
  };
  const typing = event.target instanceof HTMLElement && event.target.closest('input, textarea, select') !== null;
  const action = actionOf(keys.value, event);
  if (action === 'detail') act(toggleDetail);
  else if (action) act(ACTS[action]);
  else if (event.altKey && /^Digit[1-9]$/.test(event.code)) act(() => orderNumber(Number(event.code.slice(5))));
  else if (event.key === '/' && !typing) act(focusCommand);
  else if (event.key === 'Escape') {
    if (placing.value) placing.value = null;
    else if (drawing.value) drawing.value = null;
    else if (roadsOpen.value) roadsOpen.value = false;
    else if (helping.value) helping.value = false;
    else if (alarmsOpen.value || handingOver.value || coverageOpen.value) alarmsOpen.value = handingOver.value = coverageOpen.value = false;
    else focusCommand();
  }
}

function focusCommand(): void {
  document.getElementById('command')?.focus();
}

function Sheets({ panels: { AlarmPanel, CoveragePanel, Handover, Help } }: { panels: NonNullable<typeof panels.value> }): JSX.Element {
  return (
    <>
      {alarmsOpen.value ? <AlarmPanel /> : null}
      {coverageOpen.value ? <CoveragePanel /> : null}
      {handingOver.value ? <Handover /> : null}
      {helping.value ? <Help /> : null}
    </>
  );
}

export function ConsolePage(): JSX.Element {
  const showDetail = useSignal(true);
  const late = panels.value;
  useEffect(start, [session.value?.token]);
  useEffect(fetchPanels, []);
  useEffect(watchCoverage, [session.value?.token]);
  useEffect(watchTraffic, [session.value?.token]);
  useEffect(watchRoutes, [session.value?.token]);
  useEffect(syncScreens, [session.value?.user.name]);
  useEffect(() => {
    const key = (event: KeyboardEvent): void => onKey(event, () => (showDetail.value = !showDetail.value));
    const first = (): void => {
      if (!soundReady.value) void soundStart();
    };
    addEventListener('keydown', key);
    addEventListener('pointerdown', first);
    focusCommand();
    return () => {
      removeEventListener('keydown', key);
      removeEventListener('pointerdown', first);
    };
  }, []);
  return (
    <div class={`console view-${view}`}>
      <Header />
      <AlarmRow />
      <LinkStrips />
      <main class={`desk${settling.value ? ' settling' : ''}`} id="main">
        {view === 'map' ? null : (
          <div class="left">
            {reporting.value && late ? <late.ReportForm /> : (
              <>
                <Queue />
                {showDetail.value && late ? <late.Detail /> : null}
              </>
            )}
          </div>
        )}
        {view === 'board' ? null : <MapPane />}
        {view === 'map' ? null : (
          <div class="right">
            <Recommend />
            <Units />
          </div>
        )}
        {late ? <Sheets panels={late} /> : null}
      </main>
      <CommandBar />
    </div>
  );
}
