/* What a dispatcher does without looking at the keyboard, and hears without looking at the page. */

import { call, tokenOf } from './engine.ts';
import { expect, test, until } from './town.ts';
import type { Page } from '@playwright/test';

test.beforeEach(async ({ desk }) => {
  await desk.quiet();
  await desk.duty('TP1', 'TP2', 'TP3', 'TP4', 'TP5', 'TP6');
});

test('F2 goes through what nobody works on, asks who could go and why, and Alt+1 sends the first', async ({ town, open, desk }) => {
  const first = await desk.report({ priority: 1, address: '先到处' });
  await desk.report({ priority: 3, address: '后到处', lat: town.center.lat + 0.003 });
  const { page } = await open('/console.html', town.people.dispatcher);
  await expect(page.locator('.queue-row')).toHaveCount(2);
  const chosen = page.locator('.queue-row.chosen');
  await page.keyboard.press('F2');
  await expect(chosen).toContainText('先到处');
  await page.keyboard.press('F2');
  await expect(chosen).toContainText('后到处');
  await page.keyboard.press('Shift+F2');
  await expect(chosen).toContainText('先到处');

  const offers = page.locator('.offer', { has: page.locator('kbd') });
  expect(await offers.count()).toBeGreaterThanOrEqual(1);
  const best = offers.filter({ has: page.locator('kbd', { hasText: 'Alt+1' }) });
  await expect(best.locator('.why')).toContainText('时限内可到');
  await expect(page.locator('.recommend')).toContainText('未选');
  const unit = (await best.locator('.code').textContent())!;
  await page.keyboard.press('Alt+1');
  await expect(page.locator('.result.ok')).toContainText(`已派 ${unit}`);
  expect((await desk.unit(unit)).incident_id).toBe(first);
  await page.keyboard.press('Alt+9');
  await expect(page.locator('.result.bad')).toContainText('9');
});

test('a line in full-width characters means the same', async ({ town, open, desk }) => {
  const id = await desk.report({ address: '全角处' });
  const { page } = await open('/console.html', town.people.dispatcher);
  await expect(page.locator('.queue-row')).toHaveCount(1);
  const wide = (text: string): string => text.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)).replace(/ /g, '\u3000');
  await page.locator('#command').fill(wide(`d #${id} tp2`));
  await page.keyboard.press('Enter');
  await expect(page.locator('.result.ok')).toContainText('已派 TP2');
  expect((await desk.unit('TP2')).incident_id).toBe(id);
});

type Heard = Window & { heard: number[] };

/** In the page: the pitch of every tone that a running audio context was given. */
function listen(): void {
  const heard = ((window as unknown as Heard).heard = []) as number[];
  const pitch = new WeakMap<AudioParam, number>();
  const set = AudioParam.prototype.setValueAtTime;
  AudioParam.prototype.setValueAtTime = function (this: AudioParam, value: number, when: number) {
    pitch.set(this, value);
    return set.call(this, value, when);
  };
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (this: OscillatorNode, when?: number) {
    if (this.context.state === 'running') heard.push(pitch.get(this.frequency) ?? 0);
    start.call(this, when);
  };
}
const heardBy = (page: Page): Promise<string> => page.evaluate(() => (window as unknown as Heard).heard.join(' '));

test('a desk hears what it does not look at: accepted high, refused low, a P1 in four tones until it is taken', async ({ town, open, desk }) => {
  const { page } = await open('/console.html', town.people.dispatcher, { before: (p) => p.addInitScript(listen) });
  await expect(page.locator('.pill')).toHaveText('已连接');
  await page.getByRole('button', { name: '声音未启用' }).click();
  await expect(page.getByRole('button', { name: '声音开' })).toBeVisible();
  await expect.poll(() => heardBy(page), 'a shift begins with a sound').toBe('1175');
  await page.locator('#command').fill('zz 1');
  await page.keyboard.press('Enter');
  await expect.poll(() => heardBy(page)).toBe('1175 220');
  const id = await desk.report({ priority: 1, address: '响铃处' });
  await expect.poll(() => heardBy(page)).toContain('880 660 880 660');
  await page.locator('#command').fill(`d #${id} TP1`);
  await page.keyboard.press('Enter');
  await expect.poll(() => heardBy(page)).toMatch(/ 1175\b/);
});

interface Place {
  lat: number;
  lon: number;
}

test('a dispute is diverted to a centre and comes back with its feedback, a neighbour lends a unit', async ({ town, open, desk }) => {
  const { lat, lon } = town.center as Place;
  await call(town.url, '/v1/roster?kind=centres', {
    token: await tokenOf(town.url, town.people.admin),
    csv: `code,name,kind,lat,lon\nZ1,综治一中心,community,${lat.toFixed(6)},${lon.toFixed(6)}\nN1,邻区指挥,neighbour,${(lat + 0.01).toFixed(6)},${lon.toFixed(6)}\n`,
  });
  const id = await desk.report({ type: 'dispute', priority: 4, address: '纠纷处' });
  const { page } = await open('/console.html', town.people.dispatcher);
  await page.locator('.queue-row', { hasText: '纠纷处' }).click();
  const panel = page.getByRole('region', { name: '外部中心' });
  const line = (name: string) => panel.locator('.referrals li', { hasText: name });
  await panel.locator('select').selectOption('Z1');
  await panel.getByRole('button', { name: '转交综治' }).click();
  await expect(line('综治一中心')).toContainText('待签收');
  await expect(page.locator('.detail .state').first()).toHaveText('已转综治');
  await line('综治一中心').getByRole('button', { name: '已签收' }).click();
  await expect(line('综治一中心')).toContainText('已签收');
  await expect(line('综治一中心').getByRole('button', { name: '已反馈' }), 'it says something with it').toBeDisabled();
  await panel.locator('input').fill('双方和解');
  await line('综治一中心').getByRole('button', { name: '已反馈' }).click();
  await expect(line('综治一中心')).toContainText('已反馈');
  await expect(page.locator('.timeline')).toContainText('双方和解');

  const far = await desk.report({ type: 'fire', priority: 1, address: '邻区处', lat: lat + 0.002 });
  await page.locator('.queue-row', { hasText: '邻区处' }).click();
  await panel.locator('select').selectOption('N1');
  await panel.getByRole('button', { name: '请求邻区增援' }).click();
  await expect(line('邻区指挥')).toContainText('待签收');
  await panel.locator('input').fill('消防车 J3');
  await line('邻区指挥').getByRole('button', { name: '已派出增援' }).click();
  await expect(line('邻区指挥')).toContainText('消防车 J3');
  await line('邻区指挥').getByRole('button', { name: '增援到场' }).click();
  await line('邻区指挥').getByRole('button', { name: '增援归还' }).click();
  await expect(line('邻区指挥')).toContainText('增援归还');
  await until('both in the record', async () => {
    const states = await Promise.all([id, far].map(async (incident) =>
      (await desk.get<{ timeline: { kind: string; state?: string }[] }>(`/v1/incidents/${incident}`)).timeline
        .filter((event) => event.kind === 'referral.updated').map((event) => event.state).join(' ')));
    return states.join('/') === 'received feedback/lent arrived given_back' ? true : null;
  });
});
