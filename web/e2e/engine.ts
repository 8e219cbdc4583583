/* The engine that the tests talk to: started here, or one that runs already. */

import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, statfsSync } from 'node:fs';
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
  own: { pid: number; root: string; data: string; web: string; built: string; port: number } | null;
}
export interface Login {
  name: string;
  password: string;
}

/** A killed process loses nothing that is in a file, wherever the file is: where the machine has a disk of
 * memory, the tests do not wait for the real one. */
function scratch(): string {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    return bavail * bsize > ROOM_BYTES ? '/dev/shm' : tmpdir();
  } catch {
    return tmpdir();
  }
}
const ROOM_BYTES = 4 * 2 ** 30; /* the engine wants free space about it (disk_guard_mb), and there are several */
const BUILT = join(import.meta.dirname, '../dist');

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

function launch(data: string, web: string, port: number): ChildProcess {
  const bin = process.env['KUAIFAN_BIN'];
  if (!bin) throw new Error('KUAIFAN_BIN names no engine');
  const log = openSync(join(data, 'serve.log'), 'a');
  const map = process.env['KUAIFAN_MAP'];
  const child = spawn(
    bin,
    ['serve', '--address', '127.0.0.1', '--port', String(port), '--data', data, '--web', web, '--mode', 'recommend', '--settle_ms', '0', ...(map ? ['--map', map] : [])],
    { stdio: ['ignore', log, log], detached: false },
  );
  child.on('error', (error) => console.error(`${bin}: ${error.message}`));
  const orphan = (): void => void child.kill('SIGKILL');
  process.once('exit', orphan); /* tests that are broken off leave no engine behind */
  child.once('exit', () => process.off('exit', orphan));
  return child;
}

const START_MS = 60_000;

const healthy = (url: string): Promise<true | null> =>
  fetch(`${url}/healthz`).then((response) => (response.ok ? true : null)).catch(() => null);

export async function startEngine(): Promise<{ url: string; setupToken: string; own: NonNullable<Town['own']> }> {
  const root = mkdtempSync(join(scratch(), 'kuaifan-e2e-'));
  const [data, web] = [join(root, 'data'), join(root, 'web')] as const;
  mkdirSync(data);
  cpSync(BUILT, web, { recursive: true }); /* a test may put another build there */
  const child = launch(data, web, 0);
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
  const link = await until('the set-up link', () => read('setup-link'), START_MS);
  const url = new URL(link).origin;
  await until('the engine', () => healthy(url), START_MS);
  return { url, setupToken: link.slice(link.indexOf('#') + 1), own: { pid: child.pid ?? 0, root, data, web, built: BUILT, port: Number(new URL(url).port) } };
}

/** Pull the plug: no goodbye, nothing flushed. */
export function killEngine(town: Town): void {
  if (town.own) process.kill(town.own.pid, 'SIGKILL');
}

export async function restartEngine(town: Town): Promise<void> {
  if (!town.own) throw new Error('not our engine');
  const child = launch(town.own.data, town.own.web, town.own.port);
  town.own.pid = child.pid ?? 0;
  await until('the engine to come back', () => healthy(town.url), START_MS);
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
  rmSync(own.root, { recursive: true, force: true });
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

const sessions = new Map<string, Promise<{ token: string }>>();

/** Logged in once: what a password costs is not what the other tests are about. */
export function sessionOf(url: string, login: Login, device = false): Promise<{ token: string }> {
  const key = `${url} ${login.name} ${login.password}`;
  const body = device ? { unit: login.name, secret: login.password } : { name: login.name, password: login.password };
  const held = sessions.get(key) ?? call<{ token: string }>(url, '/v1/login', { body });
  sessions.set(key, held);
  held.catch(() => sessions.delete(key));
  return held;
}

export async function tokenOf(url: string, login: Login): Promise<string> {
  return (await sessionOf(url, login)).token;
}
