/* What the tests share: the town, pages that are logged in, and a watch on what a page must never do. */

import { WebSocket } from 'ws';
import { expect, test as base, type Browser, type BrowserContextOptions, type Page } from '@playwright/test';
import { Cable } from './cable.ts';
import { call, sessionOf, tokenOf, until, type Login, type Town } from './engine.ts';
import { raiseTown } from './setup.ts';

export { expect, until };

export interface Seat {
  page: Page;
  /** Requests to anywhere else, CSP violations, uncaught errors. */
  trouble: string[];
}

export type SeatOptions = BrowserContextOptions & {
  before?: (page: Page) => Promise<unknown>;
  /** Where the page finds the engine, if not directly: a cable's end. */
  via?: string;
  /** Logged in as people do; else the page finds that it is logged in. */
  byForm?: boolean;
  /** Drawing the city costs more than all else where there is no graphics card: only where the map is what
   * the test is about. Without, a page shows its lists, in which all work can be done. */
  map?: boolean;
};

interface Fixtures {
  open: (page: string, login: Login | null, options?: SeatOptions) => Promise<Seat>;
  desk: Api;
  cable: Cable;
}

/** The protocol without a page: for what a test needs to happen, not for what it is about. */
export class Api {
  private token: string | null = null;
  constructor(
    readonly town: Town,
    private readonly login: Login,
  ) {}

  async do(body: Record<string, unknown>): Promise<Record<string, number>> {
    this.token ??= await tokenOf(this.town.url, this.login);
    const answer = await call<{ res: Record<string, number> }>(this.town.url, '/v1/commands', {
      token: this.token, body: { key: crypto.randomUUID(), ...body },
    });
    return answer.res;
  }

  async get<T>(path: string): Promise<T> {
    this.token ??= await tokenOf(this.town.url, this.login);
    return call<T>(this.town.url, path, { token: this.token });
  }

  async report(more: Record<string, unknown> = {}): Promise<number> {
    const spread = (): number => (Math.random() - 0.5) * 0.0001;
    const res = await this.do({
      op: 'report.create', type: 'medical', priority: 2, lat: this.town.center.lat + spread(), lon: this.town.center.lon + spread(),
      channel: 'phone', merge: false, ...more,
    });
    return res['incident_id']!;
  }

  async unit(code: string): Promise<{ status: string; assignment_id: number | null; incident_id: number | null; duty: string }> {
    const { units } = await this.get<{ units: { code: string; status: string; assignment_id: number | null; incident_id: number | null; duty: string }[] }>('/v1/units');
    const unit = units.find((item) => item.code === code);
    if (!unit) throw new Error(`no unit ${code}`);
    return unit;
  }

  async duty(...codes: string[]): Promise<void> {
    const { units } = await this.get<{ units: { code: string; duty: string }[] }>('/v1/units');
    const off = codes.filter((code) => units.find((unit) => unit.code === code)?.duty !== 'on');
    await Promise.all(off.map((unit) => this.do({ op: 'unit.duty', unit, duty: 'on' })));
  }

  /** Questions are answered from the record, which follows the log by a moment. */
  async recorded(): Promise<void> {
    const token = await tokenOf(this.town.url, this.town.people.admin);
    await until('the record to have it all', async () => {
      const { seq, history_seq } = await call<{ seq: number; history_seq: number }>(this.town.url, '/v1/system', { token });
      return history_seq >= seq ? true : null;
    });
  }

  /** Nobody is on a job, nothing is open, nobody has something to hear: each test begins with a quiet town. */
  async quiet(): Promise<void> {
    await this.recorded();
    const { incidents } = await this.get<{ incidents: { incident_id: number }[] }>('/v1/incidents?state=open&limit=200');
    await Promise.all(incidents.map(({ incident_id }) => this.end(incident_id)));
    await this.hear();
  }

  private async end(incident: number): Promise<void> {
    const { timeline } = await this.get<{ timeline: { kind: string; alarm?: { alarm_id: number; kind: string; unit: string } }[] }>(
      `/v1/incidents/${incident}`,
    );
    for (const { kind, alarm } of timeline) {
      if (kind !== 'alarm.raised' || alarm?.kind !== 'panic') continue;
      const supervisor = new Api(this.town, this.town.people.supervisor); /* only one may end it; it may be over */
      await supervisor.do({ op: 'alarm.ack', alarm: alarm.alarm_id }).catch(() => undefined);
      await supervisor.do({ op: 'panic.close', unit: alarm.unit, reason: 'resolved' }).catch(() => undefined);
    }
    await this.do({ op: 'incident.close', incident, reason: 'resolved', clear_all: true }).catch(() => undefined);
  }

  /** Who was on the way has heard that it is over, also of what an earlier test has closed: what was not heard
   * lies over the unit's page. */
  private async hear(): Promise<void> {
    await this.recorded();
    const supervisor = new Api(this.town, this.town.people.supervisor);
    const now = Date.now();
    const { board } = await supervisor.get<{ board: { notices?: { assignment_id: number; number: number }[] } }>(`/v1/board?at=${now}&until=${now}`);
    await Promise.all((board.notices ?? []).map(({ assignment_id: assignment, number }) =>
      this.do({ op: 'notice.update', assignment, number, state: 'acknowledged' })));
  }

  /** The unit's radio says where it is. */
  async stand(code: string, at: { lat: number; lon: number }): Promise<void> {
    const { token } = await call<{ token: string }>(this.town.url, '/v1/login', { body: { unit: code, secret: this.town.secrets[code] } });
    const socket = new WebSocket(`${this.town.url.replace('http', 'ws')}/v1/ws`);
    const answers = new Set<number>();
    socket.on('message', (data, isBinary) => {
      const message = isBinary ? {} : (JSON.parse(String(data)) as { t?: string; id?: number });
      if (message.t === 'hello') socket.send(JSON.stringify({ id: 1, op: 'auth', token }));
      if (message.id === 1) {
        socket.send(JSON.stringify({ op: 'position', fixes: [at] }));
        socket.send(JSON.stringify({ id: 2, op: 'ping' }));
      }
      if (message.id !== undefined) answers.add(message.id);
    });
    await until(`the fix of ${code} to arrive`, () => (answers.has(2) ? true : null));
    socket.close();
  }

  async order(incident: number, unit: string, tier: '1' | '3' | '5' = '1'): Promise<void> {
    const { generation } = await this.do({ op: 'incident.recommend', incident });
    await this.do({ op: 'incident.order', incident, generation, units: [{ unit, tier }] });
  }
}

export const test = base.extend<Fixtures, { town: Town }>({
  /* Each worker has an engine of its own: what one test does to its town, no other one sees. */
  town: [
    // biome-ignore lint: Playwright wants a pattern
    async ({}, use) => {
      const { town, leave } = await raiseTown();
      await use(town);
      await leave();
    },
    { scope: 'worker', timeout: 300_000 },
  ],
  desk: async ({ town }, use) => {
    await use(new Api(town, town.people.dispatcher));
  },
  cable: async ({ town }, use) => {
    const cable = await Cable.lay(town.url);
    await use(cable);
    await cable.pull();
  },
  open: async ({ browser, town }, use) => {
    const seats: Seat[] = [];
    await use(async (path, login, options = {}) => {
      const seat = await openSeat(browser, town, path, login, options);
      seats.push(seat);
      return seat;
    });
    for (const seat of seats) {
      expect(seat.trouble, 'what no page may do').toEqual([]);
      await seat.page.context().close();
    }
  },
});

async function openSeat(
  browser: Browser, town: Town, path: string, login: Login | null, { before, via, byForm, map, ...options }: SeatOptions,
): Promise<Seat> {
  const origin = via ?? town.url;
  const context = await browser.newContext(options);
  if (!map) await context.addInitScript(withoutWebgl);
  const page = await context.newPage();
  const trouble: string[] = [];
  page.on('pageerror', (error) => trouble.push(`uncaught: ${error.message}`));
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/.test(message.text())) trouble.push(message.text());
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !/^(data|blob):/.test(url)) trouble.push(`outside request: ${url}`);
  });
  await before?.(page);
  if (login && !byForm) await bringSession(page, path, await sessionOf(town.url, login, path.startsWith('/unit')));
  await page.goto(origin + path);
  if (login && byForm) await logIn(page, login);
  return { page, trouble };
}

/** In the page: what a machine without a graphics driver answers. */
export function withoutWebgl(): void {
  const real = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string, ...rest: unknown[]) {
    return kind.startsWith('webgl') ? null : (real as (...all: unknown[]) => unknown).call(this, kind, ...rest);
  } as typeof real;
}

/** As if the tab had logged in before: a device's session outlives the tab, a person's does not. */
async function bringSession(page: Page, path: string, session: object): Promise<void> {
  const storage = path.startsWith('/unit') ? 'localStorage' : 'sessionStorage';
  await page.addInitScript(([kind, text]) => {
    if (window[kind].getItem('test.brought') !== null) return; /* what the page does with it later stands */
    window[kind].setItem('test.brought', 'yes');
    window[kind].setItem('kuaifan.session', text);
  }, [storage, JSON.stringify(session)] as const);
}

export async function logIn(page: Page, login: Login): Promise<void> {
  await page.locator('input[name=name]').fill(login.name);
  await page.locator('input[name=secret]').fill(login.password);
  await page.locator('form button[type=submit]').click();
}

export const phone: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
