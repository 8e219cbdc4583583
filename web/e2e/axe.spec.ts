/* Every page × theme × language passes axe, in the states in which people see it; with a map where
 * the tests of the map are. */

import { expectAccessible } from './axe.ts';
import { until } from './engine.ts';
import { expect, phone, test } from './town.ts';

test.beforeEach(async ({ desk }) => {
  await desk.quiet();
  await desk.duty('TP1', 'TP2', 'TP3', 'TP4', 'TP5', 'TP6');
});

test('the console passes axe at work: a chosen incident, a report being typed, the help', async ({ town, open, desk }) => {
  const id = await desk.report({ priority: 1, address: 'axe' });
  await desk.order(id, 'TP1');
  const { page } = await open('/console.html', town.people.dispatcher);
  await page.locator('.queue-row', { hasText: 'axe' }).click();
  await expect(page.locator('.assignments li').first()).toBeVisible();
  await expectAccessible(page, 'console');
  await page.keyboard.press('F3');
  await expect(page.locator('.report-form')).toBeVisible();
  await page.keyboard.press('F1');
  await expect(page.locator('.help')).toBeVisible();
  await expectAccessible(page, 'console with the report form and the help');
});

test('the console’s sheets pass axe: alarms, handover, cover', async ({ town, open, desk }) => {
  const id = await desk.report({ priority: 1, address: 'axe' });
  await desk.order(id, 'TP1');
  const { page } = await open('/console.html', town.people.dispatcher);
  await expect(page.locator('.pill')).toHaveText('已连接');
  await page.keyboard.press('Shift+F9');
  await expect(page.locator('.alarms')).toBeVisible();
  await expectAccessible(page, 'alarms');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Shift+F8');
  await expect(page.locator('.handover')).toBeVisible();
  await expectAccessible(page, 'handover');
  await page.keyboard.press('Escape');
  await page.locator('button[aria-controls=coverage]').click();
  await expect(page.locator('.coverage')).toBeVisible();
  await expectAccessible(page, 'cover');
});

test('the phone passes axe: waiting, an order, reasons, support, a danger', async ({ town, open, desk }) => {
  const { page } = await open('/unit.html', { name: 'TP1', password: town.secrets['TP1']! }, phone);
  await expect(page.getByRole('heading', { name: '待命中' })).toBeVisible();
  await expectAccessible(page, 'standby');
  const id = await desk.report({ priority: 1, address: 'axe' });
  await desk.order(id, 'TP1');
  await expect(page.locator('.card')).toBeVisible();
  await expectAccessible(page, 'an order');
  await page.getByRole('button', { name: '拒绝' }).click();
  await expectAccessible(page, 'why it is declined');
  await page.getByRole('button', { name: '取消' }).click();
  await page.locator('.unit-actions .big', { hasText: '接受' }).click();
  await page.getByRole('button', { name: '请求增援' }).click();
  await expectAccessible(page, 'support');
  await desk.do({ op: 'incident.warn', incident: id, level: 'danger', text: '嫌疑人持刀' });
  await expect(page.getByRole('alertdialog')).toBeVisible();
  await expectAccessible(page, 'a danger');
});

test('the form to sign on passes axe', async ({ town, open, desk }) => {
  await desk.do({ op: 'unit.duty', unit: 'TP2', duty: 'off' });
  const { page } = await open('/unit.html', { name: 'TP2', password: town.secrets['TP2']! }, phone);
  await page.getByRole('button', { name: '带人员装备上岗' }).click();
  await expect(page.locator('input[name=crew]')).toBeVisible();
  await expectAccessible(page, 'signing on');
});

test('every view of the supervisor passes axe', async ({ town, open, desk }) => {
  const id = await desk.report({ address: 'axe' });
  await desk.order(id, 'TP1');
  const { assignment_id: assignment } = await desk.unit('TP1');
  for (const state of ['acknowledged', 'en_route', 'on_scene']) await desk.do({ op: 'assignment.update', assignment, state });
  await desk.do({ op: 'incident.close', incident: id, reason: 'resolved', clear_all: true });
  await until('the record to have its end', async () => {
    const { timeline } = await desk.get<{ timeline: { kind: string; state?: string }[] }>(`/v1/incidents/${id}`);
    return timeline.some((event) => event.kind === 'incident.state' && event.state === 'closed') || null;
  });
  const { page } = await open('/supervisor.html', town.people.supervisor);
  await expect(page.locator('.card').first()).toBeVisible();
  for (const view of ['总览', '日志', '排名', '通报', '拉动', '复盘']) {
    const tab = page.locator('.views button', { hasText: new RegExp(`^${view}$`) });
    await tab.click();
    await expect(tab).toHaveAttribute('aria-current', 'page');
    if (view === '复盘') {
      await page.goto(`${town.url}/supervisor.html?view=replay&incident=${id}`);
      await expect(page.locator('.moment')).toBeVisible();
    }
    await expect(page.locator('.sup-top [role=status]')).toHaveText('');
    await expectAccessible(page, view);
  }
});

test('every part of the administration passes axe', async ({ town, open }) => {
  const { page } = await open('/admin.html', town.people.admin);
  for (const [tab, mark] of [
    ['系统', '.card'], ['账号', 'tbody tr'], ['力量', '.admin-unit'], ['快反圈', '.scroll.tall tbody tr'], ['外部中心', 'select[name=kind]'], ['设备', 'textarea[name=units]'],
    ['名册', 'input[type=file]'], ['策略', 'tbody tr'], ['车速', '.scroll tbody tr'],
  ] as const) {
    await page.locator('.admin-top nav button', { hasText: tab }).click();
    await expect(page.locator(mark).first()).toBeVisible();
    if (tab === '设备') {
      await page.locator('textarea[name=units]').fill('TP6');
      await page.locator('form button[type=submit]').click();
      await expect(page.locator('code').first()).toBeVisible();
    }
    await expectAccessible(page, tab);
  }
});

test('the doors pass axe: home, set-up, each page’s login with a refusal', async ({ open }) => {
  const home = await open('/index.html', null);
  await expectAccessible(home.page, 'home');
  const setup = await open('/setup.html#a-token', null);
  await expect(setup.page.locator('input[name=token]')).toHaveValue('a-token');
  await expectAccessible(setup.page, 'set-up');
  for (const [path, name] of [['/console.html', 'nobody'], ['/unit.html', 'NOBODY'], ['/supervisor.html', 'nobody'], ['/admin.html', 'nobody']] as const) {
    const { page } = await open(path, { name, password: 'wrong wrong 1' }, { byForm: true });
    await expect(page.getByRole('alert').filter({ hasText: '不正确' })).toBeVisible();
    await expectAccessible(page, `login of ${path}`);
  }
});
