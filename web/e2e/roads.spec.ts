import { call, tokenOf } from './engine.ts';
import { expect, test, until } from './town.ts';

test.skip(() => !process.env['KUAIFAN_MAP'] && !process.env['KUAIFAN_URL'], 'roads need a map');

test.beforeEach(async ({ desk }) => {
  await desk.quiet();
  await desk.duty('TC01');
});

const closures = async (town: { url: string; people: { dispatcher: { name: string; password: string } } }): Promise<{ code: string; speed_kmh: number; edges: number; line: number[][] }[]> =>
  (await call<{ traffic: { code: string; speed_kmh: number; edges: number; line: number[][] }[] }>(town.url, '/v1/traffic', { token: await tokenOf(town.url, town.people.dispatcher) })).traffic;

test('a road is closed by drawing on the map, counts for the way, shows at the other desk, and is lifted', async ({ town, open, desk }) => {
  const id = await desk.report({ address: '封路处' });
  await desk.stand('TC01', { lat: town.center.lat + 0.004, lon: town.center.lon });
  await desk.order(id, 'TC01');
  const one = await open('/console.html', town.people.dispatcher, { map: true });
  const { page } = one;
  await expect(page.locator('.queue-row')).toHaveCount(1);
  await page.locator('.queue-row').click();
  await expect(page.locator('.assignments')).toContainText('剩 ');
  await expect(page.locator('.map-ways')).toContainText('TC01');
  await page.locator('#command').fill(`f #${id}`);
  await page.keyboard.press('Enter');
  await expect(page.locator('.map canvas')).toBeVisible();
  await expect(page.locator('.map')).toHaveAttribute('data-moving', 'false');

  await page.locator('#command').fill('封');
  await page.keyboard.press('Enter');
  await expect(page.locator('#closures')).toContainText('在地图上');
  await page.locator('#closures button[type=submit]').click();
  await expect(page.locator('.result.bad')).toContainText('先在地图上画出道路');
  const box = (await page.locator('.map').boundingBox())!;
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await page.mouse.click(middle.x, middle.y);
  await expect(page.locator('#closures')).toContainText('1 点');
  await page.mouse.click(middle.x + 40, middle.y + 40);
  await expect(page.locator('#closures')).toContainText('2 点');
  await page.getByRole('button', { name: '撤一点' }).click();
  await expect(page.locator('#closures')).toContainText('1 点');
  await page.locator('input[name=road-note]').fill('管道抢修');
  await page.locator('#closures button[type=submit]').click();
  await expect(page.locator('.result.ok')).toContainText('管制 RC1 已生效');
  await expect(page.locator('#closures')).toContainText('管道抢修');
  await expect(page.locator('.map-ways')).toContainText('RC1 封闭');
  const held = await closures(town);
  expect(held.map(({ code, speed_kmh }) => [code, speed_kmh])).toEqual([['RC1', 0]]);
  expect(held[0]!.edges).toBeGreaterThan(0);
  expect(Math.abs(held[0]!.line[0]![1]! - town.center.lat)).toBeLessThan(0.002);

  const two = await open('/console.html', town.people.second);
  await expect(two.page.locator('.map-tools')).toContainText('管制 1');
  await two.page.locator('#command').fill('lf NOSUCH');
  await two.page.keyboard.press('Enter');
  await expect(two.page.locator('.result.bad')).toContainText('没有管制 NOSUCH');
  await two.page.locator('#command').fill('解 rc1');
  await two.page.keyboard.press('Enter');
  await expect(two.page.locator('.result.ok')).toContainText('管制 RC1 已解除');
  await until('no closure', async () => ((await closures(town)).length === 0 ? true : null));
  await expect(page.locator('#closures')).toContainText('没有管制');
});

test('the way goes with the unit, and ends when it is there', async ({ town, open, desk }) => {
  const id = await desk.report({ address: '路线处' });
  await desk.stand('TC01', { lat: town.center.lat + 0.004, lon: town.center.lon });
  await desk.order(id, 'TC01');
  const { page } = await open('/console.html', town.people.dispatcher);
  await page.locator('.queue-row').click();
  await expect(page.locator('.map-ways')).toContainText('TC01');
  const left = page.locator('.way-left');
  const before = await left.textContent();
  await desk.stand('TC01', { lat: town.center.lat + 0.008, lon: town.center.lon + 0.004 });
  await expect(left).not.toHaveText(before!);
  await page.locator('#command').fill('os TC01');
  await page.keyboard.press('Enter');
  await expect(page.locator('.map-ways')).not.toContainText('TC01');
});
