/* The phone itself: it buzzes, stays awake, says where it is, lives on the home screen, and takes a new
 * build without losing what was pressed. */

import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { expect, phone, test, until } from './town.ts';
import type { Page } from '@playwright/test';

test.beforeEach(async ({ desk }) => {
  await desk.quiet();
  await desk.duty('TP1', 'TP2', 'TP3');
});

type Felt = Window & { felt: string[] };

test('an order is felt and seen: the phone buzzes, stays awake, and says where it is', async ({ town, open, desk }) => {
  const here = { latitude: town.center.lat + 0.0005, longitude: town.center.lon + 0.0005 };
  const { page } = await open('/unit.html', { name: 'TP1', password: town.secrets['TP1']! }, {
    ...phone, permissions: ['geolocation', 'screen-wake-lock'], geolocation: { ...here, accuracy: 8 },
    before: (p) => p.addInitScript(() => {
      const felt = ((window as unknown as Felt).felt = []) as string[];
      navigator.vibrate = (pattern) => felt.push([pattern].flat().join(' ')) > 0;
    }),
  });
  const felt = (): Promise<string[]> => page.evaluate(() => (window as unknown as Felt).felt);
  await expect(page.getByRole('heading', { name: '待命中' })).toBeVisible();
  await expect(page.locator('.unit-bottom')).toContainText('定位 ±8 米');
  await page.getByRole('button', { name: '点此开始' }).click();
  await expect(page.locator('.unit-bottom'), 'a real wake lock').toContainText('屏幕常亮');
  const at = async (): Promise<{ lat: number; lon: number }> => {
    const { units } = await desk.get<{ units: { code: string; lat: number; lon: number }[] }>('/v1/units');
    return units.find((unit) => unit.code === 'TP1')!;
  };
  const near = (want: { latitude: number; longitude: number }) => async (): Promise<true | null> => {
    const { lat, lon } = await at();
    return Math.abs(lat - want.latitude) < 1e-6 && Math.abs(lon - want.longitude) < 1e-6 ? true : null;
  };
  await until('the first place', near(here));
  const there = { latitude: here.latitude + 0.001, longitude: here.longitude };
  await page.context().setGeolocation({ ...there, accuracy: 12 });
  await expect(page.locator('.unit-bottom')).toContainText('定位 ±12 米');
  await until('the next place', near(there));

  expect(await felt()).toEqual([]);
  const id = await desk.report({ address: '震动处' });
  await desk.order(id, 'TP1');
  await expect.poll(async () => (await felt())[0]).toBe('300 120 300 120 600');
  await page.locator('.unit-actions .big', { hasText: '接受' }).click();
  await expect.poll(async () => (await felt()).at(-1)).toBe('40');
});

async function kept(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    while (registration.active?.state !== 'activated' || !navigator.serviceWorker.controller) await new Promise((resolve) => setTimeout(resolve, 20));
  });
}

test('the page can live on the home screen: its manifest parses, its icons are there, a worker keeps it', async ({ town, open }) => {
  const { page } = await open('/unit.html', { name: 'TP1', password: town.secrets['TP1']! }, phone);
  await kept(page);
  const client = await page.context().newCDPSession(page);
  const { errors, data, url } = await client.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  expect(url).toBe(`${town.url}/manifest.webmanifest`);
  const manifest = JSON.parse(data!) as { start_url: string; display: string; icons: { src: string; sizes: string }[] };
  expect(manifest).toMatchObject({ start_url: '/unit.html', display: 'standalone' });
  for (const { src, sizes } of manifest.icons) {
    const size = await page.evaluate(async (from) => {
      const image = new Image();
      image.src = from;
      await image.decode();
      return `${image.naturalWidth}x${image.naturalHeight}`;
    }, src);
    if (sizes !== 'any') expect(size).toBe(sizes);
  }
  const { installabilityErrors } = await client.send('Page.getInstallabilityErrors');
  expect(installabilityErrors.map((error) => error.errorId).filter((id) => id !== 'in-incognito')).toEqual([]);
});

test('opened anew by who is logged in, the page opens one socket and asks for each dictionary once', async ({ town, open }) => {
  const { page } = await open('/unit.html', { name: 'TP1', password: town.secrets['TP1']! }, phone);
  await expect(page.locator('.pill')).toHaveText('已连接');
  const sockets: string[] = [];
  const words: string[] = [];
  page.on('websocket', (socket) => sockets.push(socket.url()));
  page.on('request', (request) => {
    const name = /\/((?:\w+_)?(?:zh|en))-[^/]*\.js$/.exec(request.url())?.[1];
    if (name) words.push(name);
  });
  await page.reload();
  await expect(page.locator('.pill')).toHaveText('已连接');
  await expect(page.getByRole('heading', { name: '待命中' })).toBeVisible();
  expect(sockets).toHaveLength(1);
  expect(words.sort()).toEqual(['uni_zh', 'zh']);
});

/** Another build of the phone's page, where the engine takes its files from. */
function newBuild(web: string): void {
  const put = (name: string, change: (text: string) => string): void => {
    const text = change(readFileSync(join(web, name), 'utf8'));
    writeFileSync(join(web, name), text);
    writeFileSync(join(web, `${name}.gz`), gzipSync(text));
    writeFileSync(join(web, `${name}.br`), brotliCompressSync(text));
  };
  put('unit.html', (text) => text.replace('<head>', '<head><meta name="build" content="next" />'));
  put('sw.js', (text) => text.replace(/kuaifan-unit-/, 'kuaifan-unit-next-'));
}

test('a new build during a job loses nothing that was pressed, and waits for a tap after it', async ({ town, open, desk, cable }) => {
  test.skip(town.own === null, 'the pages are not ours to build');
  const web = town.own!.web;
  const login = { name: 'TP1', password: town.secrets['TP1']! };
  const { page } = await open('/unit.html', login, { ...phone, via: cable.url });
  await expect(page.getByRole('heading', { name: '待命中' })).toBeVisible();
  await kept(page);
  const big = page.locator('.unit-actions .big');
  const outbox = page.locator('.outbox');
  const build = page.locator('meta[name=build]');
  try {
    /* given a press that waits for the network, and a new build that came meanwhile */
    const id = await desk.report({ address: '更新处' });
    await desk.order(id, 'TP1');
    await big.filter({ hasText: '接受' }).click();
    await expect(outbox).toContainText('已全部送达');
    await cable.pull();
    await big.filter({ hasText: '出发' }).click();
    await expect(outbox).toContainText('1 条待发送');
    newBuild(web);

    /* when the network is back and the page is opened anew, it is the old one, and it sends */
    await cable.plug();
    await page.reload();
    await expect(big.filter({ hasText: '到场' })).toBeVisible();
    await expect(outbox).toContainText('已全部送达', { timeout: 45_000 });
    await expect(build).toHaveCount(0);
    await page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      await registration.update();
      while (!registration.waiting) await new Promise((resolve) => setTimeout(resolve, 20));
    });
    await expect(page.getByRole('button', { name: '有新版本' }), 'not during a job').toHaveCount(0);
    await big.filter({ hasText: '到场' }).click();
    await big.filter({ hasText: '完成' }).click();
    await expect(outbox).toContainText('已全部送达');

    /* and what is pressed before the tap is still there after it, without a network, in the new build */
    const update = page.getByRole('button', { name: '有新版本' });
    await expect(update).toBeVisible();
    await cable.pull();
    await page.getByRole('button', { name: '下岗' }).click();
    await expect(outbox).toContainText('1 条待发送');
    await update.click();
    await expect(build).toHaveCount(1);
    await expect(outbox).toContainText('1 条待发送');
    await cable.plug();
    await expect(outbox).toContainText('已全部送达', { timeout: 45_000 });
    await until('TP1 to be off duty', async () => ((await desk.unit('TP1')).duty === 'off' ? true : null));
    const { timeline } = await desk.get<{ timeline: { kind: string; state?: string }[] }>(`/v1/incidents/${id}`);
    expect(timeline.filter((event) => event.kind === 'assignment.updated').map((event) => event.state))
      .toEqual(['delivered', 'acknowledged', 'en_route', 'on_scene', 'cleared']);
  } finally {
    cpSync(town.own!.built, web, { recursive: true });
  }
});
