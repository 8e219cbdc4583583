import { readFileSync } from 'node:fs';
import { expect, phone, test, until } from './town.ts';

test.beforeEach(async ({ desk }) => {
  await desk.quiet();
  await desk.duty('TP1', 'TP2', 'TP3', 'TP4', 'TP5', 'TP6');
});

test('one call from the keyboard to a cleared job, seen by all three roles', async ({ town, open, desk }) => {
  const { page } = await open('/console.html', town.people.dispatcher, { map: true, byForm: true });
  const unit = await open('/unit.html', { name: 'TP1', password: town.secrets['TP1']! }, { ...phone, byForm: true });
  await expect(unit.page.getByRole('heading', { name: '待命中' })).toBeVisible();
  await expect(page.getByRole('heading', { name: '警情队列' })).toBeVisible();
  await expect(page.locator('.map canvas')).toBeVisible();

  await expect(page.locator('.unit-row').first()).toBeVisible();
  await page.locator('#command').fill('f TP1');
  await page.keyboard.press('Enter');

  /* given a call typed in by keyboard, its place by the street's name */
  await page.keyboard.press('F3');
  await expect(page.locator('input[name=type]:checked')).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('input[name=type]:checked')).toHaveValue('crime');
  await page.locator('input[name=address]').fill('中山东路498号');
  await page.locator('input[name=caller]').fill('李女士');
  await page.locator('textarea[name=note]').fill('两人争执，一人持刀');
  if (town.street !== null) {
    await page.locator('.street input').fill(town.street);
    await page.locator('.street li', { hasText: town.street }).first().waitFor();
    await page.keyboard.press('Enter');
  } else {
    await page.getByRole('button', { name: '在地图上选点' }).click();
    const box = (await page.locator('.map').boundingBox())!;
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  }
  await expect(page.locator('.report-form .good')).toBeVisible();
  await page.locator('.report-form button[type=submit]').click();

  /* then it is in the queue, chosen, with candidates and their reasons */
  await expect(page.locator('.result.ok')).toContainText('已立单');
  const row = page.locator('.queue-row.chosen');
  await expect(row).toContainText('中山东路498号');
  const id = Number(await row.locator('.id').textContent());
  await expect(page.locator('.offer').first()).toBeVisible();
  await expect(page.locator('.recommend')).toContainText('未选');

  /* when TP1 is ordered by a typed line */
  await page.keyboard.press('Escape');
  await page.locator('#command').fill(`派 #${id} TP1`);
  await page.keyboard.press('Enter');
  await expect(page.locator('.result.ok')).toContainText('已派 TP1');

  /* then the phone rings, has said that it has it, and works through the job */
  await expect(unit.page.getByText('新任务')).toBeVisible();
  await expect(unit.page.locator('.card-place')).toHaveText('中山东路498号');
  await expect(page.locator('.assignments')).toContainText('已送达');
  for (const [button, state] of [['接受', '已签收'], ['出发', '途中'], ['到场', '到场'], ['完成', '完成']] as const) {
    await unit.page.locator('.unit-actions .big', { hasText: button }).click();
    await expect(page.locator('.assignments li', { hasText: 'TP1' })).toContainText(state);
  }
  await expect(unit.page.getByRole('heading', { name: '待命中' })).toBeVisible();
  await expect(page.locator('.unit-row', { hasText: 'TP1' }).first()).toContainText('空闲');

  /* and when the desk closes it, the timeline and the record have it all */
  await page.keyboard.press('Escape');
  await page.locator('#command').fill(`x #${id}`);
  await page.keyboard.press('Enter');
  await expect(page.locator('.detail .state')).toHaveText('办结');
  for (const text of ['立单', '派警 TP1', 'TP1 已签收', 'TP1 到场', '状态：办结']) {
    await expect(page.locator('.timeline')).toContainText(text);
  }

  const record = await open('/supervisor.html?view=log', town.people.supervisor, { byForm: true });
  const line = record.page.locator('.log-row', { hasText: 'TP1' }).filter({ hasText: String(id) });
  await expect(async () => {
    await record.page.getByRole('button', { name: '查询' }).click();
    await expect(line.first()).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await expect(record.page.locator('.definition')).toContainText('最近秩法');
  await line.first().click();
  await expect(record.page.locator('.incident .timeline')).toContainText('TP1 到场');
  const download = record.page.waitForEvent('download');
  await record.page.getByRole('button', { name: '下载 CSV' }).click();
  const bytes = readFileSync((await (await download).path()) ?? '');
  expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  expect(bytes.toString('utf8')).toContain(`\r\n${id},`);

  expect((await desk.unit('TP1')).status).toBe('available');
});

test('one key orders what is proposed', async ({ town, open, desk }) => {
  const id = await desk.report({ address: '一键派警' });
  const { page } = await open('/console.html', town.people.dispatcher);
  await page.locator('.queue-row', { hasText: '一键派警' }).click();
  const button = page.locator('.rec-foot .order');
  await expect(button).toBeEnabled();
  await page.keyboard.press('Control+Enter');
  await expect(page.locator('.result.ok')).toContainText('已派');
  await expect(page.locator('.detail .state').first()).toHaveText('已派');
  const detail = await desk.get<{ assignments: { unit: string; automatic: boolean }[] }>(`/v1/incidents/${id}`);
  expect(detail.assignments.length).toBeGreaterThan(0);
});

test('a wrong line says what is wrong and changes nothing', async ({ town, open, desk }) => {
  const id = await desk.report();
  const { page } = await open('/console.html', town.people.dispatcher);
  await expect(page.locator('.queue-row')).toHaveCount(1);
  for (const [line, answer] of [
    ['zz 1', '不认识的指令'], [`d #${id} NOBODY7`, '没有力量 NOBODY7'], ['d #99999 TP1', '没有警情 99999'], ['en TP6', 'TP6 没有任务'],
    [`d #${id}`, '需要力量编号'],
  ] as const) {
    await page.locator('#command').fill(line);
    await page.keyboard.press('Enter');
    await expect(page.locator('.result.bad')).toContainText(answer);
    await expect(page.locator('#command')).toHaveValue(line);
  }
  expect((await desk.unit('TP1')).status).toBe('available');
});

test('two desks race for one unit: one wins, the other reads why', async ({ town, open, desk }) => {
  const first = await desk.report({ address: '甲地' });
  const second = await desk.report({ address: '乙地' });
  const one = await open('/console.html', town.people.dispatcher);
  const other = await open('/console.html', town.people.second);
  await expect(one.page.locator('.queue-row')).toHaveCount(2);
  await expect(other.page.locator('.queue-row')).toHaveCount(2);
  await one.page.locator('#command').fill(`d #${first} TP2`);
  await other.page.locator('#command').fill(`d #${second} TP2`);
  await Promise.all([one.page.keyboard.press('Enter'), other.page.keyboard.press('Enter')]);
  await expect(one.page.locator('.result.ok, .result.bad')).toBeVisible();
  await expect(other.page.locator('.result.ok, .result.bad')).toBeVisible();
  const results = [await one.page.locator('.result').textContent(), await other.page.locator('.result').textContent()];
  expect(results.filter((text) => text?.includes('已派 TP2'))).toHaveLength(1);
  expect(results.filter((text) => text?.includes('该力量已有任务'))).toHaveLength(1);
});

test('a declined order is an alarm on every desk, and F9 on one quiets all', async ({ town, open, desk }) => {
  const id = await desk.report({ priority: 1, address: '拒绝处' });
  const one = await open('/console.html', town.people.dispatcher);
  const other = await open('/console.html', town.people.second);
  const unit = await open('/unit.html', { name: 'TP2', password: town.secrets['TP2']! }, phone);
  await expect(unit.page.getByRole('heading', { name: '待命中' })).toBeVisible();
  await desk.order(id, 'TP2');
  await unit.page.getByRole('button', { name: '拒绝' }).click();
  await unit.page.getByRole('button', { name: '车辆故障' }).click();
  await expect(one.page.locator('.alarm.ringing')).toBeVisible();
  await expect(other.page.locator('.alarm.ringing')).toHaveAttribute('role', 'alert');
  /* the ladder may raise another one meanwhile: until nothing rings */
  await expect(async () => {
    await one.page.keyboard.press('F9');
    await expect(one.page.locator('.alarm.calm')).toBeVisible({ timeout: 500 });
  }).toPass();
  await expect(one.page.locator('.result.ok')).toContainText('告警已确认');
  await expect(one.page.locator('.alarm.calm')).toBeVisible();
  await expect(other.page.locator('.alarm.calm')).toBeVisible();
});

test('recall, on behalf, note, and closing asks once for open assignments', async ({ town, open, desk }) => {
  const id = await desk.report({ address: '代报处' });
  await desk.order(id, 'TP3');
  await desk.order(id, 'TP4');
  const { page } = await open('/console.html', town.people.dispatcher);
  await page.locator('.queue-row', { hasText: '代报处' }).click();
  const tp3 = page.locator('.assignments li', { hasText: 'TP3' });
  await tp3.getByRole('button', { name: '途中' }).click();
  await expect(page.locator('.timeline')).toContainText('TP3 途中');
  await expect(page.locator('.timeline li', { hasText: 'TP3 途中' })).toContainText('代报');
  await page.locator('.assignments li', { hasText: 'TP4' }).getByRole('button', { name: '召回' }).click();
  await expect(page.locator('.assignments li', { hasText: 'TP4' })).toContainText('召回');
  await page.getByRole('textbox', { name: '添加记录' }).fill('嫌疑人向北');
  await page.keyboard.press('Enter');
  await expect(page.locator('.timeline')).toContainText('记录：嫌疑人向北');
  await page.locator('.detail').getByRole('button', { name: '办结' }).click();
  const submit = page.locator('.ending button[type=submit]');
  await expect(submit).toBeDisabled();
  await page.locator('.ending input[type=checkbox]').check();
  await submit.click();
  await expect(page.locator('.detail .state').first()).toHaveText('办结');
  await until('TP3 to be free', async () => ((await desk.unit('TP3')).status === 'available' ? true : null));
});

test('composing Chinese does not run a line', async ({ town, open }) => {
  const { page } = await open('/console.html', town.people.dispatcher);
  await page.locator('#command').focus();
  const client = await page.context().newCDPSession(page);
  await client.send('Input.imeSetComposition', { text: '派', selectionStart: 1, selectionEnd: 1 });
  await page.keyboard.press('Enter');
  await expect(page.locator('.result')).toHaveText('');
});

test('a place is picked on the map, and the neighbours of a new report are shown', async ({ town, open, desk }) => {
  const old = await desk.report({ address: '旧警情' });
  const { page } = await open('/console.html', town.people.dispatcher, { map: true });
  await expect(page.locator('.queue-row')).toHaveCount(1);
  await page.locator('#command').fill(`f #${old}`);
  await page.keyboard.press('Enter');
  await expect(page.locator('.queue-row.chosen')).toContainText('旧警情');
  await expect(page.locator('.map canvas')).toBeVisible();
  await expect(page.locator('.map')).toHaveAttribute('data-moving', 'false');
  await page.keyboard.press('F3');
  await page.locator('input[name=address]').pressSequentially('旧警情处');
  await expect(page.locator('.report-form .warn')).toContainText('地址相近');
  await page.getByRole('button', { name: '在地图上选点' }).click();
  const box = (await page.locator('.map').boundingBox())!;
  await expect(async () => {
    await page.mouse.click(box.x + box.width / 2 + 20, box.y + box.height / 2);
    await expect(page.locator('.report-form .good')).toBeVisible({ timeout: 2_000 });
  }).toPass();
  const picked = /(-?[\d.]+), (-?[\d.]+)/.exec((await page.locator('.report-form .good').textContent()) ?? '');
  expect(Math.abs(Number(picked?.[1]) - town.center.lat)).toBeLessThan(0.002);
  expect(Math.abs(Number(picked?.[2]) - town.center.lon)).toBeLessThan(0.002);
  await expect(page.locator('.report-form .warn')).toContainText(`警情 ${old}`);
  await page.locator('input[name=no_merge]').check();
  await page.locator('.report-form button[type=submit]').click();
  await expect(page.locator('.result.ok')).toContainText('已立单');
  await expect(page.locator('.queue-row')).toHaveCount(2);
});
