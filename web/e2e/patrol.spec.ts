/* Checkpoints: signed on the phone, seen on the desk's map, counted on the supervisor's page. */

import { expectAccessible } from './axe.ts';
import { call, tokenOf, type Town } from './engine.ts';
import { expect, phone, test } from './town.ts';

const HEAD = 'code,name,lat,lon,radius_m,every_min,stay_s,circle\n';

async function given(town: Town, ...lines: string[]): Promise<void> {
  await call(town.url, '/v1/roster?kind=checkpoints', { token: await tokenOf(town.url, town.people.admin), csv: HEAD + lines.join('') });
}

const line = (town: Town, code: string, north: number, every_min: number): string =>
  `${code},必到点 ${code},${(town.center.lat + north).toFixed(6)},${town.center.lon.toFixed(6)},50,${every_min},120,TC1\n`;

test('a visit is signed on the phone, where one is far only after a second tap, and counted for the supervisor', async ({ town, desk, open }) => {
  test.slow(); /* two seats */
  await given(town, line(town, 'NEAR', 0, 60), line(town, 'FAR', 0.01, 0));
  await desk.quiet();
  await desk.duty('TP1');
  const { page } = await open('/unit.html', { name: 'TP1', password: town.secrets['TP1']! }, {
    ...phone, permissions: ['geolocation'], geolocation: { latitude: town.center.lat, longitude: town.center.lon, accuracy: 8 },
  });
  const section = page.locator('section.patrol');
  await section.getByRole('button', { name: '巡逻必到点' }).click();
  await expect(section.locator('li').first()).toHaveAttribute('data-checkpoint', 'NEAR');
  const near = section.locator('[data-checkpoint=NEAR]');
  const far = section.locator('[data-checkpoint=FAR]');
  await expect(near).toContainText('0 米');
  expect((await near.getByRole('button').boundingBox())!.height).toBeGreaterThanOrEqual(44);
  await near.getByRole('button', { name: '签到' }).click();
  await expect(near).toContainText('✓ 已签到');
  await far.getByRole('button', { name: '签到' }).click();
  await expect(far).toContainText('将记为无定位佐证');
  await expectAccessible(page, 'the checkpoints on the phone');
  await far.getByRole('button', { name: '仍要签到' }).click();
  await expect(far).toContainText('✓ 已签到');
  await desk.recorded();

  const seat = await open('/supervisor.html?view=patrol', town.people.supervisor);
  const row = seat.page.locator('tr[data-group=NEAR]');
  await expect(row.locator('td')).toHaveText(['TC1', '0', '0', '—', '1', '0', '1', '0', '0', /分钟/, /\d{4}/]);
  await expect(seat.page.locator('tr[data-group=FAR] td').nth(8)).toHaveText('1');
  await expect(seat.page.locator('.patrol-total')).toContainText('2 个必到点');
  await seat.page.getByLabel('分组').selectOption('unit');
  await expect(seat.page).toHaveURL(/by=unit/);
  await expect(seat.page.locator('tr[data-group=TP1] td').first()).toHaveText('2');
  const [file] = await Promise.all([seat.page.waitForEvent('download'), seat.page.getByRole('button', { name: '下载 CSV' }).click()]);
  expect(file.suggestedFilename()).toMatch(/^kuaifan-patrol-/);
  await expectAccessible(seat.page, 'the report on patrols');
});

test('a signature that is refused is told by the name of its checkpoint until it is closed, also off duty', async ({ town, desk, open }) => {
  await given(town, line(town, 'NEAR', 0, 60));
  await desk.quiet();
  await desk.duty('TP3');
  const { page } = await open('/unit.html', { name: 'TP3', password: town.secrets['TP3']! }, {
    ...phone, permissions: ['geolocation'], geolocation: { latitude: town.center.lat, longitude: town.center.lon, accuracy: 8 },
  });
  await page.route('**/v1/commands', (route) => (route.request().postData()?.includes('checkpoint.sign')
    ? route.fulfill({ status: 409, contentType: 'application/problem+json', body: JSON.stringify({ code: 'wrong_state', title: 'No', status: 409 }) })
    : route.fallback()));
  await page.route('**/v1/checkpoints', (route) => route.abort());
  const section = page.locator('section.patrol');
  await section.getByRole('button', { name: '巡逻必到点' }).click();
  const button = section.locator('[data-checkpoint=NEAR]').getByRole('button');
  await expect(section.getByRole('alert')).toContainText('无法读取必到点');
  await page.unroute('**/v1/checkpoints');
  await section.getByRole('button', { name: '巡逻必到点' }).click();
  await section.getByRole('button', { name: '巡逻必到点' }).click();
  await expect(button).toBeVisible();
  await expect(section.getByRole('alert'), 'it was read after all').toBeHidden();
  await button.click();
  const told = page.locator('.strip.refusal');
  await expect(told).toContainText('签到 NEAR 必到点 NEAR：');
  await expect(button, 'may be pressed again').toHaveText('签到');
  await page.getByRole('button', { name: '下岗' }).click();
  await expect(page.getByRole('button', { name: '上岗', exact: true })).toBeVisible();
  await expect(section).toBeHidden();
  await expect(told).toBeVisible();
  await told.getByRole('button').click();
  await expect(told).toBeHidden();
});

test('a signature without a network waits on the phone and is one visit', async ({ town, desk, open }) => {
  await given(town, line(town, 'NEAR', 0, 60));
  await desk.quiet();
  await desk.duty('TP2');
  const { page } = await open('/unit.html', { name: 'TP2', password: town.secrets['TP2']! }, {
    ...phone, permissions: ['geolocation'], geolocation: { latitude: town.center.lat, longitude: town.center.lon, accuracy: 8 },
  });
  const section = page.locator('section.patrol');
  await section.getByRole('button', { name: '巡逻必到点' }).click();
  const near = section.locator('[data-checkpoint=NEAR]');
  await expect(near).toBeVisible();
  await page.context().setOffline(true);
  await near.getByRole('button', { name: '签到' }).click();
  await expect(section).toContainText('签到待上传：1');
  await page.context().setOffline(false);
  await expect(section).not.toContainText('签到待上传', { timeout: 60_000 });
  const { checkpoints } = await desk.get<{ checkpoints: { code: string; visited_by: string; visit: string }[] }>('/v1/checkpoints');
  expect(checkpoints.find(({ code }) => code === 'NEAR')).toMatchObject({ visited_by: 'TP2', visit: 'signed' });
});
