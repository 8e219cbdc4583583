/* The engine that the tests talk to: started here, or one that runs already. */

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Town {
  url: string;
  /** name → password; the unit's is its device secret. */
  people: { dispatcher: Login; second: Login; supervisor: Login; admin: Login };
  secrets: Record<string, string>;
  /** Where the test units stand, on a street if the map has any. */
  center: { lat: number; lon: number };
  street: string | null;
  attribution: string;
  /** The engine is ours: it may be killed. */
  own: { pid: number; data: string; port: number } | null;
}
export interface Login {
  name: string;
  password: string;
}

const WEB = join(import.meta.dirname, '../dist');

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Poll until it says something. */
export async function until<T>(what: string, ask: () => Promise<T | null> | T | null, ms = 20_000): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (Date.now() > end) throw new Error(`waited ${ms} ms for ${what}`);
    await wait(50);
  }
}

function launch(data: string, port: number): ChildProcess {
  const bin = process.env['KUAIFAN_BIN'];
  if (!bin) throw new Error('KUAIFAN_BIN names no engine');
  const log = openSync(join(data, 'serve.log'), 'a');
  const map = process.env['KUAIFAN_MAP'];
  const child = spawn(
    bin,
    ['serve', '--address', '127.0.0.1', '--port', String(port), '--data', data, '--web', WEB, '--mode', 'recommend', '--settle_ms', '0', ...(map ? ['--map', map] : [])],
    { stdio: ['ignore', log, log], detached: false },
  );
  child.on('error', (error) => console.error(`${bin}: ${error.message}`));
  return child;
}

const healthy = (url: string): Promise<true | null> =>
  fetch(`${url}/healthz`).then((response) => (response.ok ? true : null)).catch(() => null);

export async function startEngine(): Promise<{ url: string; setupToken: string; own: NonNullable<Town['own']> }> {
  const data = mkdtempSync(join(tmpdir(), 'kuaifan-e2e-'));
  const child = launch(data, 0);
  const failed = (): void => {
    if (child.exitCode !== null) throw new Error(`the engine ended with ${child.exitCode}:\n${readFileSync(join(data, 'serve.log'), 'utf8')}`);
  };
  const read = (name: string): string | null => {
    failed();
    try {
      const text = readFileSync(join(data, name), 'utf8').trim();
      return text === '' ? null : text;
    } catch {
      return null;
    }
  };
  const link = await until('the set-up link', () => read('setup-link'));
  const url = new URL(link).origin;
  await until('the engine', () => healthy(url));
  return { url, setupToken: link.slice(link.indexOf('#') + 1), own: { pid: child.pid ?? 0, data, port: Number(new URL(url).port) } };
}

/** Pull the plug: no goodbye, nothing flushed. */
export function killEngine(town: Town): void {
  if (town.own) process.kill(town.own.pid, 'SIGKILL');
}

export async function restartEngine(town: Town): Promise<void> {
  if (!town.own) throw new Error('not our engine');
  const child = launch(town.own.data, town.own.port);
  town.own.pid = child.pid ?? 0;
  writeFileSync(process.env['KUAIFAN_E2E_TOWN'] ?? '', JSON.stringify(town));
  await until('the engine to come back', () => healthy(town.url));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export async function endEngine(own: NonNullable<Town['own']>): Promise<void> {
  if (isAlive(own.pid)) {
    process.kill(own.pid, 'SIGTERM');
    await until('the engine to end', () => (isAlive(own.pid) ? null : true));
  }
  rmSync(own.data, { recursive: true, force: true });
}

export async function call<T>(url: string, path: string, options: { token?: string; body?: unknown; csv?: string } = {}): Promise<T> {
  const headers: Record<string, string> = {};
  if (options.token) headers['Authorization'] = `Bearer ${options.token}`;
  const init: RequestInit = { headers };
  if (options.body !== undefined || options.csv !== undefined) {
    init.method = 'POST';
    init.body = options.csv ?? JSON.stringify(options.body);
    headers['Content-Type'] = options.csv === undefined ? 'application/json' : 'text/csv';
  }
  const response = await fetch(url + path, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return (text === '' ? null : JSON.parse(text)) as T;
}

export async function tokenOf(url: string, login: Login): Promise<string> {
  const answer = await call<{ token: string }>(url, '/v1/login', { body: { name: login.name, password: login.password } });
  return answer.token;
}
