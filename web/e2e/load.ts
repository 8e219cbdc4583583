/* What the console bears while a city works: a real engine with a roster of thousands of units, ten real
 * changes a second over its socket, and positions of all units once a second, put into the page's own
 * socket handler, since nobody here has 20,000 phones. */

import { randomBytes } from 'node:crypto';
import type { Browser, CDPSession, Page } from '@playwright/test';
import { call, startEngine, tokenOf } from './engine.ts';
import { logIn, withoutWebgl } from './town.ts';

const OPEN_INCIDENTS = 40;
const CHANGE_MS = 100;

export interface City {
  url: string;
  own: Awaited<ReturnType<typeof startEngine>>['own'];
  token: string;
  login: { name: string; password: string };
  center: { lat: number; lon: number };
  incidents: { id: number; generation: number; priority: number }[];
}

export async function cityOf(units: number): Promise<City> {
  const { url, setupToken, own } = await startEngine();
  const login = { name: 'admin', password: randomBytes(12).toString('hex') };
  await call(url, '/v1/setup', { body: { setup_token: setupToken, name: login.name, display: 'A', password: login.password } });
  const admin = await tokenOf(url, login);
  const desk = { name: 'desk', password: randomBytes(12).toString('hex') };
  await call(url, '/v1/users', { token: admin, body: { ...desk, display: 'D', role: 'dispatcher', scope: 'city', unit: null } });
  const { map } = await call<{ map: { bounds: [number, number, number, number] } }>(url, '/v1/map', { token: admin });
  const [w, s, e, n] = map.bounds;
  const center = { lat: (s + n) / 2, lon: (w + e) / 2 };
  const row = (i: number): string => {
    const lat = s + (n - s) * (0.1 + 0.8 * ((i * 0.618_034) % 1));
    const lon = w + (e - w) * (0.1 + 0.8 * ((i * 0.754_878) % 1));
    return `U${i},Unit ${i},car,${lat.toFixed(6)},${lon.toFixed(6)}`;
  };
  await call(url, '/v1/roster?kind=units', { token: admin, csv: `code,name,kind,lat,lon\n${Array.from({ length: units }, (_, i) => row(i)).join('\n')}\n` });
  const token = await tokenOf(url, desk);
  const incidents: City['incidents'] = [];
  for (let i = 0; i < OPEN_INCIDENTS; i++) {
    const { res } = await command<{ incident_id: number }>(url, token, {
      op: 'report.create', type: 'traffic', priority: 2 + (i % 3), lat: center.lat + (i % 7) * 0.001, lon: center.lon + (i % 5) * 0.001, merge: false, address: `路 ${i}`,
    });
    const { res: asked } = await command<{ generation: number }>(url, token, { op: 'incident.recommend', incident: res.incident_id });
    incidents.push({ id: res.incident_id, generation: asked.generation, priority: 2 + (i % 3) });
  }
  return { url, own, token, login: desk, center, incidents };
}

function command<T>(url: string, token: string, body: Record<string, unknown>): Promise<{ res: T }> {
  return call<{ res: T }>(url, '/v1/commands', { token, body: { key: crypto.randomUUID(), ...body } });
}

interface Probe {
  paints: number[];
  batches: number[];
  send(units: number, center: { lat: number; lon: number }): void;
}
export type Probed = Window & { probe: Probe };

/** In the page: stamps what comes over the socket, and can put a frame of positions into its handler. */
export function probe(): void {
  const real = Object.getOwnPropertyDescriptor(WebSocket.prototype, 'onmessage')!;
  let handler: ((event: { data: unknown }) => void) | null = null;
  const paints: number[] = [];
  const batches: number[] = [];
  let waits: number[] = [];
  Object.defineProperty(WebSocket.prototype, 'onmessage', {
    configurable: true,
    get() {
      return handler;
    },
    set(this: WebSocket, next: typeof handler) {
      handler = next;
      real.set!.call(this, next === null ? null : (event: MessageEvent) => {
        if (typeof event.data === 'string' && event.data.includes('"incident.updated"')) waits.push(performance.now());
        next(event);
      });
    },
  });
  addEventListener('DOMContentLoaded', () => {
    new MutationObserver((list) => {
      if (waits.length === 0 || !list.some((item) => (item.target as Element).parentElement?.closest('.queue'))) return;
      const mine = waits;
      waits = [];
      requestAnimationFrame(() => setTimeout(() => {
        for (const began of mine) paints.push(performance.now() - began);
      }, 0));
    }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
  });
  let round = 0;
  (window as unknown as Probed).probe = {
    paints,
    batches,
    send(units, center) {
      round += 1;
      const bytes = new ArrayBuffer(16 + units * 16);
      const view = new DataView(bytes);
      view.setUint8(0, 1);
      view.setUint8(1, 1);
      view.setUint32(4, units, true);
      view.setFloat64(8, Date.now(), true);
      for (let i = 0, at = 16; i < units; i++, at += 16) {
        view.setUint32(at, i, true);
        view.setInt32(at + 4, Math.round((center.lon + 0.05 * Math.sin(i + round / 50)) * 1e7), true);
        view.setInt32(at + 8, Math.round((center.lat + 0.03 * Math.cos(i * 1.7 + round / 50)) * 1e7), true);
        view.setUint8(at + 12, (i + round) % 180);
        view.setUint8(at + 13, i % 60);
        view.setUint8(at + 14, 1 + (i % 5));
        view.setUint8(at + 15, i % 9);
      }
      const began = performance.now();
      handler?.({ data: bytes });
      batches.push(performance.now() - began);
    },
  };
}

export async function threadMs(cdp: CDPSession): Promise<{ task: number; at: number; heap: number }> {
  const { metrics } = await cdp.send('Performance.getMetrics');
  const of = (name: string): number => metrics.find((item) => item.name === name)?.value ?? 0;
  return { task: of('ThreadTime') * 1000, at: of('Timestamp') * 1000, heap: of('JSHeapUsedSize') };
}

export async function heapMb(cdp: CDPSession): Promise<number> {
  await cdp.send('HeapProfiler.collectGarbage');
  return (await threadMs(cdp)).heap / 1e6;
}


/** A quantile of numbers in order. */
export const quantile = (up: readonly number[], q: number): number => (up.length === 0 ? Number.NaN : up[Math.min(up.length - 1, Math.floor(up.length * q))]!);
export const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

export async function load(city: City, page: Page, units: number, seconds: number): Promise<{ sent: number }> {
  const end = Date.now() + seconds * 1000;
  let sent = 0;
  let nextFrame = Date.now();
  while (Date.now() < end) {
    const incident = city.incidents[sent % city.incidents.length]!;
    incident.priority = incident.priority === 2 ? 4 : 2;
    const began = Date.now();
    const { res } = await command<{ generation: number }>(city.url, city.token, {
      op: 'incident.update', incident: incident.id, generation: incident.generation, priority: incident.priority,
    });
    incident.generation = res.generation;
    sent += 1;
    if (Date.now() >= nextFrame) {
      nextFrame += 1_000;
      await page.evaluate(([n, center]) => (window as unknown as Probed).probe.send(n, center), [units, city.center] as const);
    }
    await wait(Math.max(0, CHANGE_MS - (Date.now() - began)));
  }
  return { sent };
}

/** A desk in that city, with its map unless that is not what the test is about. */
export async function seatIn(city: City, browser: Browser, { map = true, before }: { map?: boolean; before?: () => void } = {}): Promise<{ page: Page; cdp: CDPSession }> {
  const page = await browser.newPage();
  await page.addInitScript(probe);
  if (!map) await page.addInitScript(withoutWebgl);
  if (before) await page.addInitScript(before);
  await page.goto(`${city.url}/console.html`);
  await logIn(page, city.login);
  await page.locator('.queue-row').first().waitFor();
  if (map) await page.locator('.map canvas').waitFor();
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable');
  return { page, cdp };
}

export interface Figures {
  changes_a_second: number;
  seconds: number;
  /** In order. */
  paints: number[];
  batches: number[];
  main_percent: number;
}

export async function figuresOf(city: City, page: Page, cdp: CDPSession, units: number, seconds: number): Promise<Figures> {
  await page.evaluate(() => {
    const { probe: held } = window as unknown as Probed;
    held.paints.length = held.batches.length = 0;
  });
  const before = await threadMs(cdp);
  const { sent } = await load(city, page, units, seconds);
  const after = await threadMs(cdp);
  const seen = await page.evaluate(() => {
    const { probe: held } = window as unknown as Probed;
    const up = (list: number[]): number[] => list.toSorted((a, b) => a - b);
    return { paints: up(held.paints), batches: up(held.batches) };
  });
  const wall = after.at - before.at;
  return { ...seen, changes_a_second: sent / (wall / 1000), seconds: wall / 1000, main_percent: (100 * (after.task - before.task)) / wall };
}
