/* Pictures of every page for the README, from a running demo:
 *   node web/dev/screenshots.mjs http://127.0.0.1:8135 data/demo-gothenburg/demo-logins docs/images [NAME ...] */
import { mkdirSync, readFileSync } from 'node:fs';
import { chromium } from '@playwright/test';

const [url, loginsFile, folder, ...only] = process.argv.slice(2);
const logins = Object.fromEntries(readFileSync(loginsFile, 'utf8').trim().split('\n').map((line) => line.split(' ')));
mkdirSync(folder, { recursive: true });

const DESK = { width: 1680, height: 1000 };
const SHOTS = [
  { name: 'console', page: 'console', login: 'dispatcher', locale: 'en-GB', scheme: 'dark', size: DESK, prepare: atWork },
  { name: 'console-zh', page: 'console', login: 'dispatcher', locale: 'zh-CN', scheme: 'light', size: DESK, prepare: atWork },
  { name: 'console-report', page: 'console', login: 'dispatcher', locale: 'en-GB', scheme: 'light', size: { width: 1366, height: 768 }, prepare: report },
  { name: 'console-roads', page: 'console', login: 'dispatcher', locale: 'zh-CN', scheme: 'light', size: { width: 1366, height: 768 }, prepare: roads },
  { name: 'unit', page: 'unit', login: 'C001', locale: 'zh-CN', scheme: 'light', size: { width: 390, height: 844 }, prepare: ordered },
  { name: 'unit-dark', page: 'unit', login: 'C001', locale: 'en-GB', scheme: 'dark', size: { width: 390, height: 844 }, prepare: ordered },
  { name: 'supervisor', page: 'supervisor', login: 'supervisor', locale: 'en-GB', scheme: 'light', size: { width: 1400, height: 900 }, prepare: heat },
  { name: 'admin-circles', page: 'admin#circles', login: 'admin', locale: 'zh-CN', scheme: 'light', size: { width: 1400, height: 860 }, prepare: circle },
  { name: 'admin-system', page: 'admin#system', login: 'admin', locale: 'en-GB', scheme: 'dark', size: { width: 1400, height: 620 } },
  { name: 'console-alarms', page: 'console', login: 'dispatcher', locale: 'zh-CN', scheme: 'dark', size: { width: 1366, height: 768 }, prepare: alarms },
];
const SETTLE_MS = 3_000; /* tiles, names, the outlines of what is reached */

async function atWork(tab) {
  await tab.locator('.queue-row').first().waitFor();
  const urgent = tab.locator('.queue-row', { has: tab.locator('.p1') });
  await ((await urgent.count()) > 0 ? urgent : tab.locator('.queue-row')).last().click();
  await tab.locator('.map canvas').waitFor();
  await tab.locator('.detail .pane-head button').first().click(); /* shows it on the map */
  await tab.waitForTimeout(SETTLE_MS);
  for (let i = 0; i < 2; i++) await tab.locator('.map-tools button').nth(1).click({ delay: 300 });
  await tab.locator('#command').click();
  await tab.keyboard.type('d ', { delay: 40 });
}

/** The demo is calm: two calls from where no post is near, one of them taken already. */
async function alarms(tab) {
  const desk = await api('dispatcher');
  const { map } = await desk.get('/v1/map');
  const [west, south, east, north] = map.bounds;
  for (const [share, type] of [[0.02, 'medical'], [0.98, 'fire']]) {
    await desk.do('report.create', {
      type, priority: 1, lat: south + share * (north - south), lon: west + share * (east - west), address: 'Ringvägen', channel: 'phone', merge: false,
    });
  }
  await tab.locator('.alarm.ringing').waitFor();
  await tab.keyboard.press('F9');
  await tab.keyboard.press('Shift+F9');
}

/** The protocol without a page: what has to happen before there is something to see. */
async function api(login) {
  const ask = async (path, body, token) => {
    const response = await fetch(url + path, {
      method: body ? (path.startsWith('/v1/traffic') ? 'PUT' : 'POST') : 'GET',
      headers: { ...(body ? { 'Content-Type': 'application/json' } : {}), ...(token ? { Authorization: `Bearer ${token}` } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const { token } = await ask('/v1/login', { name: login, password: logins[login] });
  return {
    get: (path) => ask(path, null, token),
    put: (path, body) => ask(path, body, token),
    do: async (op, members) => (await ask('/v1/commands', { op, key: crypto.randomUUID(), ...members }, token)).res,
  };
}

/** The phone is where the demo drives its car. */
async function whereIs(code) {
  const { units } = await (await api('dispatcher')).get('/v1/units');
  const { lat, lon } = units.find((unit) => unit.code === code);
  return { permissions: ['geolocation'], geolocation: { latitude: lat, longitude: lon, accuracy: 6 } };
}

/** A closed road beside the incident that is looked at, and the ways of those who go there. */
async function roads(tab) {
  const desk = await api('dispatcher');
  await tab.locator('.queue-row').first().waitFor();
  const { incidents } = await desk.get('/v1/incidents?state=open&limit=50');
  const busy = incidents.find((incident) => incident.state === 'dispatched' || incident.state === 'responding') ?? incidents[0];
  await desk.put('/v1/traffic', {
    code: 'RC1', line: [[busy.lon + 0.0008, busy.lat + 0.0008], [busy.lon + 0.0035, busy.lat + 0.0024]], note: '管道抢修',
  }).catch(() => undefined); /* no road there: the picture is of another moment */
  await desk.put('/v1/traffic', { code: 'RC2', line: [[busy.lon - 0.002, busy.lat]], note: '活动', speed_kmh: 10 }).catch(() => undefined);
  await tab.locator('.queue-row').filter({ has: tab.getByText(String(busy.incident_id), { exact: true }) }).first().click();
  await tab.locator('.detail .pane-head button').first().click(); /* shows it on the map */
  await tab.locator('.map canvas').waitFor();
  await tab.waitForTimeout(2 * SETTLE_MS);
  for (let i = 0; i < 2; i++) await tab.locator('.map-tools button').nth(1).click({ delay: 300 });
}

/** An order on the phone, acknowledged, with the way there. */
async function ordered(tab) {
  const desk = await api('dispatcher');
  const { units } = await desk.get('/v1/units');
  const mine = units.find((unit) => unit.code === 'C001');
  if (mine.assignment_id !== null) await desk.do('assignment.update', { assignment: mine.assignment_id, state: 'cleared' });
  await desk.do('unit.duty', { unit: 'C001', duty: 'on' });
  const { incident_id } = await desk.do('report.create', {
    type: 'medical', priority: 1, lat: mine.lat + 0.006, lon: mine.lon + 0.004, address: '市政厅广场', note: '老人晕倒，有呼吸', channel: 'phone', merge: false,
  });
  const now = (await desk.get('/v1/units')).units.find((unit) => unit.code === 'C001');
  if (now.assignment_id === null) { /* the engine sent others, or only proposes */
    const { generation } = await desk.do('incident.recommend', { incident: incident_id });
    await desk.do('incident.order', { incident: incident_id, generation, units: [{ unit: 'C001', tier: '5' }] });
  }
  await tab.locator('.card').waitFor();
  const heard = tab.getByRole('alertdialog').getByRole('button'); /* of the order before */
  if (await heard.count() > 0) await heard.first().click();
  await tab.locator('.unit-actions .big.acknowledged').click();
  await tab.locator('.unit-actions .big.en_route').click();
  await tab.getByRole('button', { name: /^(路线|Route)$/ }).click();
  await tab.locator('figure.way svg').waitFor();
}

async function report(tab) {
  const row = tab.locator('.queue-row').filter({ hasNotText: 'no address' }).first();
  await row.waitFor();
  const place = (await row.locator('[role=gridcell]').nth(2).textContent()).trim().replace(/^\S+\s*/, '');
  await tab.keyboard.press('F3');
  await tab.locator('input[name=address]').pressSequentially(place);
}

async function heat(tab) {
  await tab.locator('canvas.maplibregl-canvas').first().waitFor();
  await tab.waitForTimeout(2 * SETTLE_MS);
}

async function circle(tab) {
  await tab.locator('tbody tr').nth(4).locator('button').click();
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});
for (const { name, page, login, locale, scheme, size, prepare } of SHOTS) {
  if (only.length > 0 && !only.includes(name)) continue;
  const context = await browser.newContext({ viewport: size, locale, colorScheme: scheme, ...(page === 'unit' ? await whereIs(login) : {}) });
  const tab = await context.newPage();
  await tab.goto(`${url}/${page}`);
  await tab.locator('input').first().waitFor();
  const account = tab.getByRole('button', { name: /as a person|账号/ });
  if (await account.count()) await account.first().click();
  await tab.locator('input').nth(0).fill(login);
  await tab.locator('input').nth(1).fill(logins[login]);
  await tab.keyboard.press('Enter');
  await tab.locator('input[type=password]').waitFor({ state: 'detached' });
  await prepare?.(tab);
  await tab.waitForTimeout(SETTLE_MS);
  await tab.screenshot({ path: `${folder}/${name}.png` });
  await context.close();
}
await browser.close();
