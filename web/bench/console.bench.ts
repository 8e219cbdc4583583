/* What the console costs while a city works, in figures: see e2e/load.ts for how it is made to. */

import { test, type CDPSession, type Page } from '@playwright/test';
import { endEngine } from '../e2e/engine.ts';
import { cityOf, figuresOf, heapMb, load, quantile, seatIn, type City } from '../e2e/load.ts';

const SECONDS = Number(process.env['SECONDS'] ?? 20);
const SOAK_MINUTES = Number(process.env['SOAK_MINUTES'] ?? 0);

for (const units of [2_000, 20_000]) {
  test(`the console with ${units} units`, async ({ browser }) => {
    const city = await cityOf(units);
    try {
      const { page, cdp } = await seatIn(city, browser);
      await load(city, page, units, 5); /* warm */
      const seen = await figuresOf(city, page, cdp, units, SECONDS);
      const at = (list: number[], q: number): string => quantile(list, q).toFixed(1);
      console.log(`${units} units, ${seen.changes_a_second.toFixed(1)} changes/s, positions of all at 1 Hz, ${seen.seconds.toFixed(0)} s`);
      console.log(`  message to paint: p50 ${at(seen.paints, 0.5)} ms, p95 ${at(seen.paints, 0.95)} ms (n ${seen.paints.length})`);
      console.log(`  a batch of ${units} positions, decoded and placed: p50 ${at(seen.batches, 0.5)} ms, p95 ${at(seen.batches, 0.95)} ms (n ${seen.batches.length})`);
      console.log(`  main thread, processor time: ${seen.main_percent.toFixed(1)} %`);
      if (SOAK_MINUTES > 0 && units === 2_000) await soak(city, page, units, cdp);
      await page.close();
    } finally {
      await endEngine(city.own);
    }
  });
}

/** Heap after a collection, each minute; the slope by least squares, without the first fifth. */
async function soak(city: City, page: Page, units: number, cdp: CDPSession): Promise<void> {
  const points: [number, number][] = [];
  for (let minute = 0; minute <= SOAK_MINUTES; minute++) {
    points.push([minute / 60, await heapMb(cdp)]);
    if (minute < SOAK_MINUTES) await load(city, page, units, 60);
  }
  const used = points.slice(Math.floor(points.length / 5));
  const mean = (i: 0 | 1): number => used.reduce((sum, point) => sum + point[i], 0) / used.length;
  const [mx, my] = [mean(0), mean(1)];
  const slope = used.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) / used.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
  console.log(`  soak of ${SOAK_MINUTES} min${SOAK_MINUTES < 30 ? ', extrapolated' : ''}: heap ${points[0]![1].toFixed(1)} → ${points.at(-1)![1].toFixed(1)} MB, ${slope.toFixed(1)} MB/h`);
}
