/* The supervisor's page against the real engine: what it shows must equal what an independent reckoning
 * finds in the rows, and a replayed moment must be the log at that moment. */

import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { expectAccessibleAsIs } from './axe.ts';
import { call, tokenOf, until } from './engine.ts';
import { expect, test, type Api } from './town.ts';

interface Row {
  incident_id: number;
  tier: string;
  drill: boolean;
  verdict: string;
  received_ms: number;
  clock_ms: number | null;
  sent_ms: number | null;
  acknowledged_ms: number | null;
  on_scene_ms: number | null;
  elapsed_ms: number | null;
}
interface Timeline {
  incident: { received_ms: number };
  assignments: { assignment_id: number; unit: string }[];
  timeline: { seq: number; at_ms: number; kind: string; state?: string; unit?: string; assignment?: { unit: string } }[];
}

/** Reported, ordered, and taken as far as `steps` go. */
async function worked(desk: Api, unit: string, steps: readonly string[], more: Record<string, unknown> = {}): Promise<number> {
  const id = await desk.report(more);
  await desk.order(id, unit);
  const assignment = await until('the order in the record', async () => {
    const { assignments } = await desk.get<Timeline>(`/v1/incidents/${id}`);
    return assignments[0]?.assignment_id ?? null; /* the record follows the log by a moment */
  });
  for (const state of steps) {
    await desk.do({ op: 'assignment.update', assignment, state });
  }
  await desk.do({ op: 'incident.close', incident: id, reason: 'resolved', clear_all: true });
  return id;
}

/** Nearest rank by its definition: the smallest with at least p % of all at or below it. */
function rank(values: number[], p: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.find((_, index) => (index + 1) * 100 >= sorted.length * p) ?? null;
}

/** 42.3, 3:07.5, or a dash: as the page writes them. */
function exact(ms: number | null): string {
  if (ms === null) return '—';
  const tenths = Math.round(ms / 100);
  const rest = ((tenths % 600) / 10).toFixed(1);
  return tenths >= 600 ? `${Math.floor(tenths / 600)}:${rest.padStart(4, '0')}` : rest;
}

test.beforeEach(async ({ desk }) => {
  await desk.quiet();
  await desk.duty('TP1', 'TP2', 'TP3');
});

async function settled(page: Page): Promise<void> {
  await expect(page.locator('.sup-top [role=status]')).toHaveText('');
}

test('percentiles, compliance and CSV equal an independent reckoning from the rows', async ({ town, desk, open }) => {
  const note = '=HYPERLINK("http://x","y")';
  for (const [unit, steps] of [
    ['TP1', ['delivered', 'acknowledged', 'en_route', 'on_scene']], ['TP2', ['acknowledged', 'on_scene']], ['TP3', ['acknowledged']],
    ['TP1', ['delivered', 'acknowledged', 'en_route', 'on_scene']],
  ] as const) {
    await worked(desk, unit, steps, { address: note });
  }
  const last = await worked(desk, 'TP2', ['acknowledged', 'en_route', 'on_scene'], { drill: true });
  const token = await tokenOf(town.url, town.people.supervisor);
  const rows = await until('the record has them all', async () => {
    const answer = await call<{ rows: Row[] }>(town.url, '/v1/response-times?limit=10000', { token });
    return answer.rows.some((row) => row.incident_id === last && row.on_scene_ms !== null) ? answer.rows : null;
  });

  const { page } = await open('/supervisor.html', town.people.supervisor);
  await expect(page.locator('.card[data-tier="1"]')).toBeVisible();
  await settled(page);
  const counted = rows.filter((row) => row.tier === '1' && !row.drill && ['met', 'missed', 'no_unit'].includes(row.verdict));
  const spans: Record<string, (row: Row) => number | null> = {
    sent_to_acknowledged: (row) => (row.acknowledged_ms === null || row.sent_ms === null ? null : row.acknowledged_ms - row.sent_ms),
    received_to_on_scene: (row) => (row.on_scene_ms === null ? null : row.on_scene_ms - row.received_ms),
  };
  for (const [stage, span] of Object.entries(spans)) {
    const values = counted.map(span).filter((value): value is number => value !== null && value >= 0);
    const line = page.locator(`tr[data-line="1/${stage}"]`);
    await expect(line.locator('td').nth(1), `${stage} n`).toHaveText(String(values.length));
    await expect(line.locator('td').nth(2), `${stage} missing`).toHaveText(String(counted.length - values.length));
    for (const p of [50, 90, 95, 99]) {
      await expect(line.locator(`[data-p=p${p}_ms]`), `${stage} P${p}`).toHaveText(exact(rank(values, p)));
    }
  }
  const met = counted.filter((row) => row.verdict === 'met').length;
  await expect(page.locator('.card[data-tier="1"] .big')).toHaveText(`${(Math.floor((met / counted.length) * 1000) / 10).toFixed(1)} %`);
  const drills = rows.filter((row) => row.tier === '1' && row.drill).length;
  await expect(page.locator('tr[data-line="1/clock_to_on_scene"]')).toContainText(`拉动 ${drills}`);

  /* the filter lives in the address, and a link shows the same */
  await page.locator('select[name=tier]').selectOption('1');
  await page.getByRole('button', { name: '查询' }).click();
  await expect(page).toHaveURL(/tier=1/);
  await expect(page.locator('.card')).toHaveCount(1);
  await page.getByRole('button', { name: '日志' }).click();
  await expect(page).toHaveURL(/view=log/);
  await page.reload();
  await expect(page.locator('.log-row').first()).toBeVisible();

  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '下载 CSV' }).click()]);
  const bytes = readFileSync((await file.path())!);
  expect([...bytes.subarray(0, 3)], 'byte order mark').toEqual([0xef, 0xbb, 0xbf]);
  const text = bytes.toString('utf8');
  expect(text.split('\r\n').length - 2, 'rows').toBe(rows.filter((row) => row.tier === '1').length);
  expect(text.replaceAll('\r\n', ''), 'no bare line feed').not.toMatch(/[\r\n]/);
  expect(text, 'a formula is disarmed').toContain('"\'=HYPERLINK(""http://x"",""y"")"');

  /* the report of a group has the definition in every line */
  await page.getByRole('button', { name: '排名' }).click();
  await settled(page);
  const [report] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '下载 CSV' }).click()]);
  const lines = readFileSync((await report.path())!, 'utf8').split('\r\n');
  expect(lines[0]).toContain('time_zone,day_starts,shifts,clock_start,policy,percentile');
  expect(lines[1]).toContain('"nearest rank"');
});

test('the bulletin names the slowest, drills stand apart, the league ranks', async ({ town, desk, open }) => {
  await worked(desk, 'TP1', ['acknowledged', 'en_route', 'on_scene']);
  const drill = await worked(desk, 'TP2', ['acknowledged', 'en_route', 'on_scene'], { drill: true });
  const token = await tokenOf(town.url, town.people.supervisor);
  await until('the drill is in the record', async () =>
    (await call<{ rows: Row[] }>(town.url, '/v1/response-times?drills=1', { token })).rows.some((row) => row.incident_id === drill) ? true : null);
  const { page } = await open('/supervisor.html?view=bulletin&group=unit', town.people.supervisor);
  const line = page.locator('.bulletin[data-stage=sign] tr[data-group=TP1]');
  await expect(line).toContainText('TP1 测试岗点 1');
  await expect(line).toContainText('100.0 %');
  await page.getByRole('button', { name: '拉动', exact: true }).click();
  await expect(page.locator('.league[data-tier="1"] tr[data-group=TP2]')).toBeVisible();
  await expect(page.locator('.league[data-tier="1"] tr[data-group=TP1]')).toHaveCount(0);
  await page.getByRole('button', { name: '排名' }).click();
  await expect(page.locator('.league[data-tier="1"] tr[data-group=TP1]')).toBeVisible();
});

/** The incident's state and its unit's, as the log has them at a moment: read the other way, from the timeline alone. */
function stateAt(held: Timeline, at: number): { state: string | null; order: string | null } {
  let state: string | null = null;
  let order: string | null = null;
  for (const event of held.timeline) {
    if (event.at_ms > at) break;
    if (event.kind === 'incident.opened') state = 'pending';
    if (event.kind === 'incident.state') state = event.state ?? null;
    if (event.kind === 'assignment.sent') order = 'sent';
    if (event.kind === 'assignment.updated') order = event.state ?? null;
  }
  return { state, order };
}

test('a replayed moment is the log at that moment, step by step', async ({ town, desk, open }) => {
  const id = await worked(desk, 'TP1', ['delivered', 'acknowledged', 'en_route', 'on_scene', 'cleared'], { address: '复盘处' });
  const held = await until('the record has its end', async () => {
    const answer = await desk.get<Timeline>(`/v1/incidents/${id}`);
    return answer.timeline.some((event) => event.kind === 'incident.state' && event.state === 'closed') ? answer : null;
  });
  const { page } = await open(`/supervisor.html?view=replay&incident=${id}`, town.people.supervisor, { map: true });
  const moment = page.locator('.moment');
  await expect(moment).toBeVisible();
  await expect(page.locator('tr[data-incident]'), 'before it was reported').toHaveCount(0);
  const times = [...new Set(held.timeline.map((event) => event.at_ms))];
  for (const at of times) {
    await page.getByRole('button', { name: '下一步' }).click();
    await expect(moment).toHaveAttribute('data-ms', String(at));
    const want = stateAt(held, at);
    if (want.state !== null) await expect(page.locator(`tr[data-incident="${id}"]`), `at ${at}`).toHaveAttribute('data-state', want.state);
    if (want.order !== null) await expect(page.locator('[data-unit=TP1]'), `at ${at}`).toHaveAttribute('data-astate', want.order);
  }
  await expect(page.locator('.map-canvas canvas')).toBeVisible();
  await expectAccessibleAsIs(page, 'a replay with its map');
  await page.locator('input[type=range]').focus();
  await page.keyboard.press('Home');
  await expect(page.locator('tr[data-incident]'), 'and back to before it').toHaveCount(0);
  await page.getByRole('button', { name: '60×' }).click();
  await page.getByRole('button', { name: '▶ 播放' }).click();
  await expect(page.locator(`tr[data-incident="${id}"]`)).toHaveAttribute('data-state', 'closed', { timeout: 20_000 });
});

test('the board of a shift at any second', async ({ town, desk, open }) => {
  const first = await desk.report({ address: '第一处' });
  const { timeline } = await until('the record has it', async () => {
    const answer = await desk.get<Timeline>(`/v1/incidents/${first}`).catch(() => null);
    return answer !== null && answer.timeline.length > 0 ? answer : null;
  });
  const zone = Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short', timeStyle: 'medium' });
  const at = zone.format(timeline[0]!.at_ms + 1_000).replace(' ', 'T');
  await until('that second is over', async () => (Date.now() > timeline[0]!.at_ms + 2_500 ? true : null));
  await desk.do({ op: 'incident.close', incident: first, reason: 'resolved', clear_all: true });
  const { page } = await open(`/supervisor.html?view=replay&at=${at}`, town.people.supervisor);
  await expect(page.locator(`tr[data-incident="${first}"]`)).toContainText('第一处');
  await page.locator('input[type=range]').focus();
  await page.keyboard.press('End');
  await expect(page.locator(`tr[data-incident="${first}"]`), 'an hour later it is closed').toHaveCount(0);
});

test('on paper there are the numbers and how they were made, no controls', async ({ town, desk, open }) => {
  await worked(desk, 'TP1', ['acknowledged', 'en_route', 'on_scene']);
  const { page } = await open('/supervisor.html', town.people.supervisor);
  await expect(page.locator('.card').first()).toBeVisible();
  await page.emulateMedia({ media: 'print' });
  for (const hidden of ['.filters', '.views', '.sup-top button']) await expect(page.locator(hidden).first()).toBeHidden();
  await expect(page.locator('.card').first()).toBeVisible();
  await expect(page.locator('.definition')).toContainText('Asia/Shanghai');
  const pdf = await page.pdf({ preferCSSPageSize: true });
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  expect(pdf.length).toBeGreaterThan(10_000);
});
