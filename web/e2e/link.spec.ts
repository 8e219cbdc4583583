import { expect, phone, test, until } from './town.ts';
import { killEngine, restartEngine } from './engine.ts';

test.beforeEach(async ({ desk }) => {
  await desk.quiet();
  await desk.duty('TP1', 'TP2', 'TP3');
});

/** Sockets of a page that the test can cut, and what came over them. */
async function watched(page: import('@playwright/test').Page): Promise<{ cut: () => Promise<void>; freeze: (on: boolean, after?: string) => void; snapshots: () => number; opened: () => number }> {
  let snapshots = 0;
  let opened = 0;
  let frozen = false;
  let freezing: string | null = null;
  let last: { close: (options: { code: number }) => Promise<void> } | null = null;
  await page.routeWebSocket(/\/v1\/ws$/, (socket) => {
    opened += 1;
    last = socket;
    const server = socket.connectToServer();
    socket.onMessage((message) => {
      if (freezing !== null && String(message).includes(freezing)) frozen = true;
      server.send(message);
    });
    server.onMessage((message) => {
      if (frozen) return;
      if (typeof message === 'string' && message.startsWith('{"t":"snapshot"') && message.includes('"stream":"city"') && message.includes('"part":0')) {
        snapshots += 1;
      }
      socket.send(message);
    });
  });
  return {
    cut: async () => last?.close({ code: 4001 }),
    freeze: (on, after) => {
      frozen = on && after === undefined;
      freezing = on ? (after ?? null) : null;
    },
    snapshots: () => snapshots,
    opened: () => opened,
  };
}

test('a dropped link resumes where it was: nothing lost, no snapshot', async ({ town, open, desk }) => {
  let link: Awaited<ReturnType<typeof watched>> | null = null;
  const { page } = await open('/console.html', town.people.dispatcher, { before: async (p) => { link = await watched(p); } });
  await desk.report({ address: '断线前' });
  await expect(page.locator('.queue-row', { hasText: '断线前' })).toBeVisible();
  expect(link!.snapshots()).toBe(1);
  await link!.cut();
  await desk.report({ address: '断线中' });
  await expect(page.locator('.queue-row', { hasText: '断线中' })).toBeVisible();
  await expect(page.locator('.pill')).toHaveText('已连接');
  expect(link!.opened()).toBe(2);
  expect(link!.snapshots()).toBe(1);
});

test('a link that says nothing is called stale, then lost, then comes back', async ({ town, open }) => {
  let link: Awaited<ReturnType<typeof watched>> | null = null;
  const { page } = await open('/console.html', town.people.dispatcher, { before: async (p) => { link = await watched(p); } });
  await expect(page.locator('.pill')).toHaveText('已连接');
  link!.freeze(true);
  await expect(page.locator('.pill')).toHaveText(/数据停滞|已断开|正在连接/, { timeout: 5_000 });
  await expect(page.locator('.map-pane')).toHaveClass(/stale/);
  link!.freeze(false);
  await expect(page.locator('.pill')).toHaveText('已连接', { timeout: 20_000 });
});

test('a command given while the link is down is executed once', async ({ town, open, desk }) => {
  let link: Awaited<ReturnType<typeof watched>> | null = null;
  const id = await desk.report({ address: '离线记录' });
  const { page } = await open('/console.html', town.people.dispatcher, { before: async (p) => { link = await watched(p); } });
  await page.locator('.queue-row', { hasText: '离线记录' }).click();
  await page.getByRole('textbox', { name: '添加记录' }).fill('只写一次');
  link!.freeze(true, 'incident.note'); /* it goes out, its answer will be lost on the way */
  await page.keyboard.press('Enter');
  await expect(page.locator('.result')).toContainText('等待落盘');
  await until('the note to be on the disk', async () => {
    const detail = await desk.get<{ timeline: { kind: string }[] }>(`/v1/incidents/${id}`);
    return detail.timeline.some((event) => event.kind === 'incident.noted') ? true : null;
  });
  await link!.cut();
  link!.freeze(false);
  await expect(page.locator('.result.ok')).toContainText('已记录', { timeout: 20_000 });
  const detail = await desk.get<{ timeline: { kind: string; note?: string }[] }>(`/v1/incidents/${id}`);
  expect(detail.timeline.filter((event) => event.kind === 'incident.noted' && event.note === '只写一次')).toHaveLength(1);
});

test('an order older than 15 s when the link returns is asked about again, not sent', async ({ town, open, desk }) => {
  const id = await desk.report({ address: '迟到派警' });
  await desk.do({ op: 'incident.recommend', incident: id });
  let refuse = false;
  const { page } = await open('/console.html', town.people.dispatcher, {
    before: (p) => p.routeWebSocket(/\/v1\/ws$/, (socket) => {
      if (refuse) {
        void socket.close({ code: 4001 });
        return;
      }
      const server = socket.connectToServer();
      socket.onMessage((message) => {
        if (refuse) void socket.close({ code: 4001 }); /* what was given is on its way nowhere */
        else server.send(message);
      });
    }),
  });
  await page.locator('.queue-row', { hasText: '迟到派警' }).click();
  await expect(page.locator('.recommend')).toContainText('TP1');
  refuse = true;
  await page.locator('#command').fill(`d #${id} TP1`);
  await page.keyboard.press('Enter');
  await expect(page.locator('.pill')).toHaveText(/已断开|正在连接/);
  await page.waitForTimeout(15_500); /* the rule is about time */
  refuse = false;
  await expect(page.locator('.strip', { hasText: '请核对后重发或放弃' })).toBeVisible({ timeout: 30_000 });
  expect((await desk.unit('TP1')).assignment_id, 'the world moved on: nothing was sent').toBeNull();
  await page.getByRole('button', { name: '放弃' }).click();
  await expect(page.locator('.strip', { hasText: '请核对后重发或放弃' })).toHaveCount(0);
  expect((await desk.unit('TP1')).assignment_id).toBeNull();
});

test('after a restart of the engine there is one snapshot and no alarm twice', async ({ town, open, desk }) => {
  test.skip(town.own === null, 'the engine is not ours to kill');
  const id = await desk.report({ priority: 1, address: '重启处' });
  await desk.order(id, 'TP1'); /* nobody for tiers 3 and 5: alarms */
  await desk.do({ op: 'assignment.update', assignment: (await desk.unit('TP1')).assignment_id!, state: 'on_scene' }); /* and no others later */
  let link: Awaited<ReturnType<typeof watched>> | null = null;
  const { page } = await open('/console.html', town.people.dispatcher, { before: async (p) => { link = await watched(p); } });
  await expect(page.locator('.pill')).toHaveText('已连接');
  await page.keyboard.press('Shift+F9');
  const lines = page.locator('.alarms li.rings');
  await expect(lines.first()).toBeVisible();
  const before = (await lines.locator('.what').allTextContents()).sort();
  const snapshots = link!.snapshots();
  killEngine(town);
  await expect(page.locator('.pill')).toHaveText(/已断开|正在连接/);
  await restartEngine(town);
  await expect(page.locator('.pill')).toHaveText('已连接', { timeout: 30_000 });
  expect(link!.snapshots() - snapshots).toBeLessThanOrEqual(1);
  await expect(lines).toHaveCount(before.length);
  const after = (await lines.locator('.what').allTextContents()).sort();
  expect(after).toEqual(before);
});

test('a phone without a network keeps what is pressed, over a reload, and sends it in order once', async ({ town, open, desk, cable }) => {
  const unit = await open('/unit.html', { name: 'TP1', password: town.secrets['TP1']! }, { ...phone, via: cable.url });
  await expect(unit.page.getByRole('heading', { name: '待命中' })).toBeVisible();
  await unit.page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    while (registration.active?.state !== 'activated') await new Promise((resolve) => setTimeout(resolve, 20));
  });
  const id = await desk.report({ address: '地下车库' });
  await desk.order(id, 'TP1');
  await expect(unit.page.getByText('新任务')).toBeVisible();
  await until('the receipt', async () => {
    const detail = await desk.get<{ assignments: { state: string }[] }>(`/v1/incidents/${id}`);
    return detail.assignments[0]?.state === 'delivered' ? true : null;
  });
  await expect(unit.page.locator('.outbox')).toContainText('已全部送达'); /* the phone knows it, too */

  await cable.pull();
  await unit.page.locator('.unit-actions .big', { hasText: '接受' }).click();
  await unit.page.locator('.unit-actions .big', { hasText: '出发' }).click();
  await expect(unit.page.locator('.outbox')).toContainText('2 条待发送');
  await unit.page.reload();
  await expect(unit.page.locator('.outbox')).toContainText('2 条待发送');
  expect((await desk.get<{ assignments: { state: string }[] }>(`/v1/incidents/${id}`)).assignments[0]?.state).toBe('delivered');

  await cable.plug();
  await expect(unit.page.locator('.outbox')).toContainText('已全部送达', { timeout: 30_000 });
  const detail = await until('both steps', async () => {
    const found = await desk.get<{ assignments: { state: string }[]; timeline: { kind: string; state?: string }[] }>(`/v1/incidents/${id}`);
    return found.assignments[0]?.state === 'en_route' ? found : null;
  });
  expect(detail.timeline.filter((event) => event.kind === 'assignment.updated').map((event) => event.state)).toEqual(['delivered', 'acknowledged', 'en_route']);
  await expect(unit.page.locator('.unit-actions .big', { hasText: '到场' })).toBeVisible();
});

test('pull the plug of the engine: desk and phone come back by themselves and nothing is gone', async ({ town, open, desk }) => {
  test.skip(town.own === null, 'the engine is not ours to kill');
  const id = await desk.report({ address: '断电处' });
  const { page } = await open('/console.html', town.people.dispatcher);
  const unit = await open('/unit.html', { name: 'TP2', password: town.secrets['TP2']! }, phone);
  await expect(unit.page.getByRole('heading', { name: '待命中' })).toBeVisible();
  await desk.order(id, 'TP2');
  await unit.page.locator('.unit-actions .big', { hasText: '接受' }).click();
  await expect(unit.page.locator('.outbox')).toContainText('已全部送达');
  await page.locator('.queue-row', { hasText: '断电处' }).click();
  await expect(page.locator('.assignments')).toContainText('已签收');

  killEngine(town);
  await expect(page.locator('.pill')).toHaveText(/已断开|正在连接/);
  await unit.page.locator('.unit-actions .big', { hasText: '出发' }).click();
  await expect(unit.page.locator('.outbox')).toContainText('1 条待发送');
  await restartEngine(town);

  await expect(page.locator('.pill')).toHaveText('已连接', { timeout: 30_000 });
  await expect(unit.page.locator('.outbox')).toContainText('已全部送达', { timeout: 45_000 });
  await expect(page.locator('.assignments li', { hasText: 'TP2' })).toContainText('途中');
  await expect(page.locator('.queue-row', { hasText: '断电处' })).toHaveCount(1);
});
