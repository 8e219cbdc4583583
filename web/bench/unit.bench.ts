/* How long a unit waits for its page on an old phone in a bad network: a sixth of this machine's processor,
 * 1.6 Mbit/s, 150 ms there and back, nothing kept from before. */

import { randomBytes } from 'node:crypto';
import { test } from '@playwright/test';
import { call, endEngine, sessionOf, startEngine, tokenOf } from '../e2e/engine.ts';
import { phone } from '../e2e/town.ts';

const RUNS = Number(process.env['RUNS'] ?? 9);
const SLOWER = 6;
const BITS_A_SECOND = 1_600_000;
const ROUND_TRIP_MS = 150;

/** What else the machine does only ever adds: the best run is nearest to a quiet one. */
const figures = (list: number[]): string => {
  const up = list.toSorted((a, b) => a - b);
  return up.length === 0 ? '—' : `${up[Math.floor(up.length / 2)]!.toFixed(0)} (best ${up[0]!.toFixed(0)}) ms`;
};

test('the unit page on an old phone', async ({ browser }) => {
  const { url, setupToken, own } = await startEngine();
  try {
    const login = { name: 'admin', password: randomBytes(12).toString('hex') };
    await call(url, '/v1/setup', { body: { setup_token: setupToken, name: login.name, display: 'A', password: login.password } });
    const token = await tokenOf(url, login);
    const { map } = await call<{ map: { bounds: [number, number, number, number] } }>(url, '/v1/map', { token });
    const [w, s, e, n] = map.bounds;
    await call(url, '/v1/roster?kind=units', { token, csv: `code,name,kind,lat,lon\nP1,Post 1,post,${(s + n) / 2},${(w + e) / 2}\n` });
    const { devices } = await call<{ devices: { unit: string; secret: string }[] }>(url, '/v1/devices', { token, body: { units: ['P1'] } });
    const session = JSON.stringify(await sessionOf(url, { name: 'P1', password: devices[0]!.secret }, true));
    for (const [what, held, mark] of [['the login form', null, 'form button[type=submit]'], ['logged in, the unit and its duty', session, '.standby h1']] as const) {
      const paints: number[] = [];
      const usable: number[] = [];
      for (let run = 0; run < RUNS; run++) {
        const context = await browser.newContext(phone);
        if (held !== null) await context.addInitScript((text) => localStorage.setItem('kuaifan.session', text), held);
        await context.addInitScript((selector) => {
          const look = (): void => {
            if (document.querySelector(selector)) (window as unknown as { usable: number }).usable = performance.now();
            else requestAnimationFrame(look);
          };
          requestAnimationFrame(look);
        }, mark);
        const page = await context.newPage();
        const client = await context.newCDPSession(page);
        await client.send('Network.enable');
        await client.send('Network.emulateNetworkConditions', {
          offline: false, latency: ROUND_TRIP_MS, downloadThroughput: BITS_A_SECOND / 8, uploadThroughput: BITS_A_SECOND / 8,
        });
        await client.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
        await page.goto(`${url}/unit.html`);
        await page.waitForFunction(() => (window as unknown as { usable?: number }).usable !== undefined);
        const seen = await page.evaluate(() => ({
          usable: (window as unknown as { usable: number }).usable,
          paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
        }));
        usable.push(seen.usable);
        if (!Number.isNaN(seen.paint)) paints.push(seen.paint);
        await context.close();
      }
      console.log(`unit page, ${SLOWER} times slower, ${BITS_A_SECOND / 1e6} Mbit/s, ${ROUND_TRIP_MS} ms, median of ${RUNS}: first paint ${figures(paints)}, ${what} ${figures(usable)}`);
    }
  } finally {
    await endEngine(own);
  }
});
