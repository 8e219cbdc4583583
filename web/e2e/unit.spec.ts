import { call } from './engine.ts';
/* The phone of a unit, 390 x 844: what it has to hear, and its call for help. */

import { expectAccessibleAsIs } from './axe.ts';
import { expect, phone, test, until } from './town.ts';

test.beforeEach(async ({ desk }) => {
  await desk.quiet();
  await desk.duty('TP1', 'TP2');
});

test('a danger covers the page until it is acknowledged, and the desk sees that it was', async ({ town, open, desk }) => {
  const id = await desk.report({ address: '中山东路498号' });
  const { page } = await open('/unit.html', { name: 'TP1', password: town.secrets['TP1']! }, phone);
  await expect(page.getByRole('heading', { name: '待命中' })).toBeVisible();
  await desk.order(id, 'TP1');
  await page.locator('.unit-actions .big', { hasText: '接受' }).click();
  await desk.do({ op: 'incident.warn', incident: id, level: 'danger', text: '嫌疑人持刀' });
  const sheet = page.getByRole('alertdialog');
  await expect(sheet).toContainText('嫌疑人持刀');
  const big = await sheet.getByRole('button', { name: '知道了' }).boundingBox();
  expect(big!.height).toBeGreaterThanOrEqual(96);
  expect(await sheet.boundingBox()).toMatchObject({ width: 390, height: 844 });
  await sheet.getByRole('button', { name: '知道了' }).click();
  await expect(sheet).toBeHidden();
  await expect(page.locator('.card-warning')).toContainText('嫌疑人持刀');
  await until('the acknowledgement in the timeline', async () => {
    const { timeline } = await desk.get<{ timeline: { kind: string; state?: string; source: string }[] }>(`/v1/incidents/${id}`);
    return timeline.some((event) => event.kind === 'notice.updated' && event.state === 'acknowledged' && event.source === 'unit') || null;
  });
});

test('what the plan of the circle tells is on the phone and at the desk, in the language of each', async ({ town, open, desk }) => {
  const admin = await open('/admin.html#plans', town.people.admin);
  await admin.page.locator('input[name=code]').fill('TC1-any');
  await admin.page.locator('select[name=circle]').selectOption('TC1');
  await admin.page.getByLabel('急救', { exact: true }).check();
  await admin.page.locator('input[name=tier_1]').fill('TP2');
  await admin.page.locator('textarea[name=words_zh]').fill('先封北门\n再疏散');
  await admin.page.locator('textarea[name=words_en]').fill('Close the north gate');
  await admin.page.getByRole('button', { name: '保存' }).click();
  await expect(admin.page.locator('.said.good').first()).toContainText('TC1-any');
  await expect(admin.page.locator('.plans tbody tr')).toContainText('TP2');
  await expectAccessibleAsIs(admin.page, 'plans');
  try {
    const { page } = await open('/unit.html', { name: 'TP1', password: town.secrets['TP1']! }, phone);
    await expect(page.getByRole('heading', { name: '待命中' })).toBeVisible();
    const id = await desk.report({ address: '丙地' });
    await desk.order(id, 'TP1');
    await expect(page.locator('.card-plan')).toHaveText('预案 先封北门 再疏散');
    await page.getByRole('button', { name: 'English' }).click();
    await expect(page.locator('.card-plan')).toHaveText('Plan Close the north gate');
    const console = await open('/console.html', town.people.dispatcher);
    await console.page.locator('.queue-row', { hasText: '丙地' }).click();
    await expect(console.page.locator('.detail .plan-words')).toHaveText('先封北门 再疏散');
    await expect(console.page.locator('.detail .facts')).toContainText('TP2');
  } finally {
    await admin.page.getByRole('button', { name: '撤销' }).click();
    await expect(admin.page.locator('.plans tbody tr')).toContainText('已撤销');
  }
});

test('a recall is said over the page, and the unit is free again', async ({ town, open, desk }) => {
  const id = await desk.report({ address: '乙地' });
  const { page } = await open('/unit.html', { name: 'TP1', password: town.secrets['TP1']! }, phone);
  await expect(page.getByRole('heading', { name: '待命中' })).toBeVisible();
  await desk.order(id, 'TP1');
  await page.locator('.unit-actions .big', { hasText: '接受' }).click();
  await desk.do({ op: 'assignment.recall', assignment: (await desk.unit('TP1')).assignment_id! });
  await expect(page.getByRole('alertdialog')).toContainText('任务取消');
  await page.getByRole('button', { name: '知道了' }).click();
  await expect(page.getByRole('alertdialog')).toBeHidden();
  await expect(page.getByRole('heading', { name: '待命中' })).toBeVisible();
});

test('a call for help is held, not tapped; it waits for the network, and is one call', async ({ town, open, desk }) => {
  test.slow(); /* two seats log in */
  const { page } = await open('/unit.html', { name: 'TP2', password: town.secrets['TP2']! }, phone);
  await expect(page.getByRole('heading', { name: '待命中' })).toBeVisible();
  const help = page.locator('button.help');
  expect((await help.boundingBox())!.height).toBeGreaterThanOrEqual(64);
  await help.click();
  await expect(page.locator('.strip')).toBeHidden();
  await page.context().setOffline(true);
  await help.hover();
  await page.mouse.down();
  await expect(page.getByText('求助已保存，正在发送')).toBeVisible();
  await page.mouse.up();
  await page.context().setOffline(false);
  await expect(page.getByText('求助已发出，等待确认')).toBeVisible({ timeout: 40_000 });
  await desk.recorded();
  const { incidents } = await desk.get<{ incidents: { incident_id: number }[] }>('/v1/incidents?state=open&limit=10');
  expect(incidents).toHaveLength(1);
  const seat = await open('/console.html', town.people.supervisor);
  await expect(seat.page.locator('.alarm.ringing')).toContainText('TP2 求助', { timeout: 60_000 });
  await expect(async () => {
    await seat.page.keyboard.press('F9');
    await expect(page.getByText('指挥中心已收到求助')).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await seat.page.locator('.queue-row').first().click();
  await seat.page.getByRole('button', { name: '结束 TP2 的求助' }).click();
  await expect(page.locator('.strip')).toBeHidden();
});

test('a unit asks for support in two taps, and the desk hears what is needed', async ({ town, open, desk }) => {
  const id = await desk.report({ address: '增援处' });
  const { page } = await open('/unit.html', { name: 'TP1', password: town.secrets['TP1']! }, phone);
  await expect(page.getByRole('heading', { name: '待命中' })).toBeVisible();
  await desk.order(id, 'TP1');
  await page.locator('.unit-actions .big', { hasText: '接受' }).click();
  await page.getByRole('button', { name: '请求增援' }).click();
  await page.getByRole('button', { name: '武装力量' }).click();
  await expect(page.getByRole('button', { name: '✓ 请求增援' })).toBeVisible();
  await expect(page.locator('.outbox')).toContainText('已全部送达');
  const seat = await open('/console.html', town.people.dispatcher);
  await expect(seat.page.locator('.pill')).toHaveText('已连接');
  await seat.page.keyboard.press('Shift+F9');
  await expect(seat.page.locator('.alarms li.rings', { hasText: 'TP1 请求增援' })).toBeVisible();
  await seat.page.locator('.queue-row').first().click();
  await expect(seat.page.locator('.detail')).toContainText('武装力量');
  await desk.order(id, 'TP2', '3');
  await expect(seat.page.locator('.alarms li', { hasText: 'TP1 请求增援' })).toHaveCount(0);
});

test('the way to the scene is one tap, and only to one’s own', async ({ town, open, desk }) => {
  test.skip(!process.env['KUAIFAN_MAP'] && !process.env['KUAIFAN_URL'], 'a way needs a map');
  const id = await desk.report({ address: '路线处' });
  await desk.duty('TC01');
  await desk.stand('TC01', { lat: town.center.lat + 0.006, lon: town.center.lon });
  await desk.order(id, 'TC01');
  const { page } = await open('/unit.html', { name: 'TC01', password: town.secrets['TC01']! }, phone);
  await expect(page.getByRole('button', { name: '路线' })).toHaveCount(0);
  await page.locator('.unit-actions .big', { hasText: '接受' }).click();
  await page.getByRole('button', { name: '路线' }).click();
  await expect(page.locator('figure.way')).toContainText(/\d\d:\d\d · 沿路 \d+\.\d 公里/);
  await expect(page.locator('figure.way svg')).toBeVisible();
  const { token } = await call<{ token: string }>(town.url, '/v1/login', { body: { unit: 'TC01', secret: town.secrets['TC01'] } });
  await expect(call(town.url, `/v1/route?unit=TC02&incident=${id}`, { token })).rejects.toThrow('403');
  await page.getByRole('button', { name: '路线' }).click();
  await expect(page.locator('figure.way')).toHaveCount(0);
});

const DOT = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

test('a drawing that the administrator puts on a circle is at the desk and, once it has said yes, on the phone', async ({ town, open, desk }) => {
  const admin = await open('/admin.html#circles', town.people.admin);
  await admin.page.getByRole('button', { name: 'TC1', exact: true }).click();
  const drawings = admin.page.getByRole('region', { name: 'TC1 的图（一圈一图）' });
  await drawings.getByLabel('图名').fill('一楼平面图');
  await drawings.getByLabel(/^图片/).setInputFiles({ name: 'plan.png', mimeType: 'image/png', buffer: DOT });
  await drawings.getByRole('button', { name: '添加图' }).click();
  await expect(drawings.getByText('已添加：一楼平面图')).toBeVisible();
  await expect(drawings.getByRole('img', { name: 'TC1 的图：一楼平面图' })).toBeVisible();
  await expectAccessibleAsIs(admin.page, 'drawings of a circle');

  const id = await desk.report({ address: '有图处' });
  const { page } = await open('/unit.html', { name: 'TP1', password: town.secrets['TP1']! }, phone);
  await expect(page.getByRole('heading', { name: '待命中' })).toBeVisible();
  await desk.order(id, 'TP1');
  const accept = page.locator('.unit-actions .big', { hasText: '接受' });
  await expect(accept).toBeVisible();
  await expect(page.locator('.drawings')).toHaveCount(0);
  await accept.click();
  const shown = page.getByRole('region', { name: '快反圈的图' });
  await expect(shown.getByRole('img', { name: 'TC1 的图：一楼平面图' })).toBeVisible();
  await shown.getByRole('button').click();
  await expect(page.getByRole('dialog', { name: 'TC1 的图：一楼平面图' })).toBeVisible();
  await page.keyboard.press('Escape');

  const seat = await open('/console.html', town.people.dispatcher);
  await seat.page.locator('.queue-row').first().click();
  await expect(seat.page.getByRole('region', { name: '快反圈的图' })).toContainText('一楼平面图');

  await drawings.getByRole('button', { name: '删除: 一楼平面图' }).click();
  await drawings.getByRole('button', { name: '确认删除' }).click();
  await expect(drawings.getByText('还没有图')).toBeVisible();
});

test('a photo that is refused stays on the phone, with the reason, until it is deleted', async ({ town, open, desk }) => {
  const id = await desk.report({ address: '照片不收处' });
  const { page } = await open('/unit.html', { name: 'TP1', password: town.secrets['TP1']! }, phone);
  await expect(page.getByRole('heading', { name: '待命中' })).toBeVisible();
  await desk.order(id, 'TP1');
  await page.locator('.unit-actions .big', { hasText: '接受' }).click();
  await page.route('**/photos/**', (route) => route.fulfill({
    status: 413, contentType: 'application/problem+json', body: JSON.stringify({ code: 'too_large', title: 'Too large', status: 413 }),
  }));
  await page.getByLabel('拍照').setInputFiles({ name: 'dot.png', mimeType: 'image/png', buffer: DOT });
  await expect(page.locator('.photos .refused')).toContainText('仍保存在手机里');
  await page.reload();
  const kept = page.locator('.photos .refused li');
  await expect(kept).toHaveCount(1);
  await expect(kept.getByRole('img', { name: /拍摄的照片/ })).toBeVisible();
  const saved = page.waitForEvent('download');
  await kept.getByRole('link', { name: /^保存/ }).click();
  expect((await saved).suggestedFilename()).toMatch(new RegExp(`^${id}-\\d+\\.jpg$`));
  await kept.getByRole('button', { name: /^删除/ }).click();
  await expect(kept).toHaveCount(0);
});

test('a photo from the scene is in the desk’s timeline, small, and large until Escape', async ({ town, open, desk }) => {
  const id = await desk.report({ address: '照片处' });
  const { page } = await open('/unit.html', { name: 'TP1', password: town.secrets['TP1']! }, phone);
  await expect(page.getByRole('heading', { name: '待命中' })).toBeVisible();
  await desk.order(id, 'TP1');
  await page.locator('.unit-actions .big', { hasText: '接受' }).click();
  await page.getByLabel('拍照').setInputFiles({ name: 'dot.png', mimeType: 'image/png', buffer: DOT });
  await expect(page.locator('.photos')).toContainText('照片已上传：1');
  const seat = await open('/console.html', town.people.dispatcher);
  await seat.page.locator('.queue-row').first().click();
  const small = seat.page.locator('.timeline').getByRole('button', { name: /^放大：TP1 拍摄的现场照片/ });
  await expect(small.getByRole('img', { name: /^TP1 拍摄的现场照片/ })).toBeVisible();
  await small.press('Enter');
  const large = seat.page.getByRole('dialog', { name: /^TP1 拍摄的现场照片/ });
  await expect(large).toBeVisible();
  await seat.page.keyboard.press('Escape');
  await expect(large).toBeHidden();
  await expect(small).toBeFocused();
});
