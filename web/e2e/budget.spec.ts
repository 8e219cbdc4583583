/* What a city of 20,000 units may cost a desk, and a long shift. The figures are those of `npm run figures`;
 * what else the machine does only ever adds, so the best of a few rounds counts. */

import { availableParallelism, loadavg } from 'node:os';
import { expect, test, type Page } from '@playwright/test';
import { endEngine } from './engine.ts';
import { cityOf, figuresOf, heapMb, load, quantile, seatIn, type City, type Figures } from './load.ts';

const UNITS = 20_000;
const ROUNDS = 3;
const ROUND_S = 8;
const PAINT_MS_MAX = 60;
const BATCH_MS_MAX = 8;
const MAIN_PERCENT_MAX = 25;

/** So many others want a processor that a wall clock says nothing of the page. */
const isStarved = (): boolean => loadavg()[0]! > 3 * availableParallelism();

const within = ({ paints, batches, main_percent }: Figures): boolean =>
  quantile(paints, 0.5) <= PAINT_MS_MAX && quantile(batches, 0.5) <= BATCH_MS_MAX && main_percent <= MAIN_PERCENT_MAX;

test('20,000 units at 1 Hz and ten changes a second stay within the budgets of a desk', async ({ browser }) => {
  test.setTimeout(480_000);
  const city = await cityOf(UNITS);
  try {
    const { page, cdp } = await seatIn(city, browser);
    await load(city, page, UNITS, 3); /* warm */
    let seen = await figuresOf(city, page, cdp, UNITS, ROUND_S);
    for (let round = 1; round < ROUNDS && !within(seen) && !isStarved(); round++) seen = await figuresOf(city, page, cdp, UNITS, ROUND_S);
    expect(seen.main_percent, '% of the main thread').toBeLessThanOrEqual(MAIN_PERCENT_MAX);
    test.skip(!within(seen) && isStarved(), 'the machine is busy with something else');
    expect(seen.paints.length, 'changes are painted').toBeGreaterThan(ROUND_S);
    expect(quantile(seen.paints, 0.5), 'ms from message to paint').toBeLessThanOrEqual(PAINT_MS_MAX);
    expect(quantile(seen.batches, 0.5), 'ms a batch of positions').toBeLessThanOrEqual(BATCH_MS_MAX);
    await page.close();
  } finally {
    await endEngine(city.own);
  }
});

const SHIFT_UNITS = 2_000;
const PERIODS = 4;
const PERIOD_S = Number(process.env['SOAK_MINUTES'] ?? 0) > 0 ? Number(process.env['SOAK_MINUTES']) * 15 : 5;
/* A minute shows no trend of 10 MB an hour; what is kept a message or a link shows at once. */
const KEPT_MB_MAX = 3;
/* The last sheet that was closed may be held until the next one is (the alarm list: 112 listeners, 2,433
 * elements); one of each period may not. */
const SPARE_LISTENERS = 180;
const SPARE_NODES = 4_000;

interface Held {
  heap_mb: number;
  listeners: number;
  nodes: number;
}

async function held(page: Page): Promise<Held> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable');
  const heap_mb = await heapMb(cdp);
  const { metrics } = await cdp.send('Performance.getMetrics');
  const of = (name: string): number => metrics.find((item) => item.name === name)?.value ?? Number.NaN;
  const figures = { heap_mb, listeners: of('JSEventListeners'), nodes: of('Nodes') };
  await cdp.detach();
  return figures;
}

/** What a dispatcher does all day: look at one, look at the next, ask, open and close sheets; links break. */
async function work(city: City, page: Page): Promise<void> {
  for (const key of ['F2', 'F2', 'Shift+F9', 'Escape', 'Shift+F8', 'Escape', 'F1', 'Escape', 'F3', 'Escape']) await page.keyboard.press(key);
  await page.evaluate(() => (window as unknown as { sockets: WebSocket[] }).sockets.at(-1)!.close());
  await page.locator('.pill.online').waitFor();
  await load(city, page, SHIFT_UNITS, PERIOD_S);
}

/** In the page: every socket that was ever opened. */
function keepSockets(): void {
  const Real = WebSocket;
  const sockets: WebSocket[] = [];
  (window as unknown as { sockets: WebSocket[] }).sockets = sockets;
  window.WebSocket = class extends Real {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      sockets.push(this);
    }
  };
}

test('a shift of work and broken links keeps nothing: heap, listeners, elements and sockets stay', async ({ browser }) => {
  test.setTimeout(240_000 + PERIODS * PERIOD_S * 2_000);
  const city = await cityOf(SHIFT_UNITS);
  try {
    const { page } = await seatIn(city, browser, { map: false, before: keepSockets });
    await work(city, page); /* all lazy parts are there, all caches are full */
    await work(city, page);
    const before = await held(page);
    for (let period = 0; period < PERIODS; period++) await work(city, page);
    const after = await held(page);
    console.log(`a shift: ${JSON.stringify(before)} → ${JSON.stringify(after)}`);
    expect(after.heap_mb - before.heap_mb, 'MB kept').toBeLessThan(KEPT_MB_MAX);
    expect(after.listeners - before.listeners, 'listeners kept').toBeLessThan(SPARE_LISTENERS);
    expect(after.nodes - before.nodes, 'elements kept').toBeLessThan(SPARE_NODES);
    const open = await page.evaluate(() => (window as unknown as { sockets: WebSocket[] }).sockets.filter((socket) => socket.readyState <= WebSocket.OPEN).length);
    expect(open, 'sockets open').toBe(1);
    await page.close();
  } finally {
    await endEngine(city.own);
  }
});
