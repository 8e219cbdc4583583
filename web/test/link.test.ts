import { beforeEach, describe, expect, it, vi } from 'vitest';
import { browserWorld, Link, CONFIRM_AFTER_MS, type Held, type LinkState, type Outcome } from '../src/link/link.ts';
import { backoffMs, BACKOFF_MS_MAX, BACKOFF_MS_MIN } from '../src/link/backoff.ts';
import { uuid7 } from '../src/link/uuid7.ts';
import type { LogFrame, Snapshot } from '../src/protocol/frames.ts';
import { FakeWorld, USER } from './fakes.ts';

let world: FakeWorld;
let link: Link;
let states: LinkState[];
let snapshots: Snapshot[][];
let logs: LogFrame[];
let bad: string[];
let held: Held[];

beforeEach(() => {
  world = new FakeWorld();
  states = [];
  snapshots = [];
  logs = [];
  bad = [];
  held = [];
  link = new Link(
    world,
    {
      state: (state) => states.push(state),
      snapshot: (parts) => snapshots.push(parts),
      log: (frame) => logs.push(frame),
      bad: (pointer) => bad.push(pointer),
      held: (list) => (held = [...list]),
    },
    ['city'],
    'test',
  );
});

const HELLO = { t: 'hello', v: 1, server: 'kuaifan 0.1', epoch: 'e1', now_ms: 1_000_000, max_bytes: 65_536 };

function greet(): void {
  world.socket.say(HELLO);
  const auth = world.socket.last('auth');
  world.socket.say({ id: auth?.['id'], ok: true, res: { user: USER, expires_ms: 9e12, heartbeat_ms: 1000 } });
}

function snapshot(seq: number, more: object = {}): object {
  return { t: 'snapshot', stream: 'city', epoch: 'e1', seq, part: 0, last: true, ...more };
}

function frame(from: number, upto: number): object {
  return { t: 'log', stream: 'city', epoch: 'e1', from, upto, events: [] };
}

function online(seq = 10): void {
  link.start('token');
  greet();
  const sub = world.socket.last('sub');
  world.socket.say({ id: sub?.['id'], ok: true, res: { recovered: false } });
  world.socket.say(snapshot(seq));
}

describe('login', () => {
  it('says nothing before hello and puts the token into the first message', () => {
    link.start('secret');
    expect(world.socket.sent).toEqual([]);
    world.socket.say(HELLO);
    expect(world.socket.sent[0]).toMatchObject({ op: 'auth', token: 'secret' });
  });

  it('asks for its streams in the same breath: over a bad network each question is a wait', () => {
    link.start('secret');
    world.socket.say(HELLO);
    expect(world.socket.sent.map((message) => message['op'])).toEqual(['auth', 'sub']);
    expect(link.state.kind).toBe('connecting');
  });

  it('is online after the answer and subscribes without since', () => {
    online();
    expect(link.state.kind).toBe('online');
    expect(world.socket.last('sub')).not.toHaveProperty('since');
    expect(snapshots).toHaveLength(1);
  });

  it('stops at 4500 and does not come back by itself', () => {
    link.start('old');
    world.socket.end(4500);
    world.pass(60_000);
    expect(link.state).toEqual({ kind: 'stopped', code: 4500 });
    expect(world.sockets).toHaveLength(1);
  });
});

describe('a login that came too late', () => {
  it('comes back, unlike one that was refused', () => {
    link.start('token');
    world.socket.say(HELLO);
    world.socket.end(4502);
    expect(link.state.kind).toBe('waiting');
    world.pass(10_000);
    greet();
    expect(link.state.kind).toBe('online');
  });

  it('is none on a socket that is logged in: 4502 stops there', () => {
    online();
    world.socket.end(4502);
    expect(link.state).toEqual({ kind: 'stopped', code: 4502 });
  });
});

describe('the engine’s clock', () => {
  it('runs from when a frame came, not from when it was told', () => {
    link.start('token');
    world.pass(3_000);
    world.socket.say(HELLO, { timeStamp: world.time - 2_500 });
    expect(link.clock.now()).toBe(HELLO.now_ms + 2_500);
    expect(link.silenceMs()).toBe(2_500);
  });
});

describe('the log', () => {
  it('resumes from its last upto after a drop', () => {
    online(10);
    world.socket.say(frame(11, 14));
    world.socket.end(1006);
    world.pass(10_000);
    greet();
    expect(world.socket.last('sub')).toMatchObject({ since: { epoch: 'e1', seq: 14 } });
    world.socket.say({ id: world.socket.last('sub')?.['id'], ok: true, res: { recovered: true } });
    world.socket.say(frame(15, 15));
    expect(logs.map((log) => log.upto)).toEqual([14, 15]);
    expect(snapshots).toHaveLength(1);
  });

  it('subscribes again at a hole and does not apply the frame after it', () => {
    online(10);
    world.socket.say(frame(12, 13));
    expect(logs).toEqual([]);
    expect(world.socket.count('sub')).toBe(2);
    expect(world.socket.last('sub')).toMatchObject({ since: { seq: 10 } });
  });

  it('ignores a frame it has already', () => {
    online(10);
    world.socket.say(frame(9, 10));
    expect(world.socket.count('sub')).toBe(1);
    expect(logs).toEqual([]);
  });

  it('waits for the snapshot when it was not recovered', () => {
    online(10);
    world.socket.end(1006);
    world.pass(10_000);
    greet();
    world.socket.say({ id: world.socket.last('sub')?.['id'], ok: true, res: { recovered: false } });
    world.socket.say(frame(11, 12));
    expect(logs).toEqual([]);
    world.socket.say(snapshot(40, { epoch: 'e2', last: false }));
    world.socket.say(snapshot(40, { epoch: 'e2', part: 1 }));
    expect(snapshots.at(-1)).toHaveLength(2);
  });

  it('fetches everything anew after a bad frame, and backs off when they do not end', () => {
    online(10);
    world.socket.say({ t: 'log', stream: 'city', epoch: 'e1', from: 11, upto: 'x', events: [] });
    expect(bad).toEqual(['/upto']);
    expect(world.socket.last('sub')).not.toHaveProperty('since');
    world.socket.raw('{');
    world.socket.raw('{');
    expect(link.state.kind).toBe('waiting');
  });

  it('skips messages and events of kinds it does not know', () => {
    online(10);
    world.socket.say({ t: 'weather', rain: true });
    world.socket.say({ ...frame(11, 11), events: [{ seq: 11, at_ms: 1, kind: 'moon.rose' }] });
    expect(bad).toEqual([]);
    expect(logs[0]?.events).toEqual([]);
  });
});

describe('the watchdog', () => {
  it('calls the link lost after three silent beats and returns', () => {
    online();
    world.pass(2_900);
    expect(link.state.kind).toBe('online');
    world.pass(1_000);
    expect(link.state.kind).not.toBe('online');
    world.pass(10_000);
    expect(world.sockets.length).toBeGreaterThan(1);
  });

  it('is calm while beats come', () => {
    online();
    for (let i = 0; i < 20; i++) {
      world.pass(1_000);
      world.socket.say({ t: 'beat', now_ms: 1_000_000 + world.time, seq: 10 });
    }
    expect(link.state.kind).toBe('online');
    expect(world.sockets).toHaveLength(1);
  });

  it('gives up on a server that never greets', () => {
    link.start('token');
    world.pass(11_000);
    expect(world.sockets.length).toBeGreaterThan(1);
  });
});

describe('commands', () => {
  it('are sent again with the same key until they are answered, once', () => {
    online();
    const outcomes: Outcome[] = [];
    link.send({ op: 'incident.note', incident: 1, note: 'x' }, (outcome) => outcomes.push(outcome));
    const first = world.socket.last('incident.note');
    world.socket.end(1006);
    world.pass(10_000);
    greet();
    const second = world.socket.last('incident.note');
    expect(second?.['key']).toBe(first?.['key']);
    world.socket.say({ id: second?.['id'], ok: true, res: { incident_id: 1, seq: 12 } });
    world.socket.say({ id: second?.['id'], ok: true, res: { incident_id: 1, seq: 12 } });
    expect(outcomes).toHaveLength(1);
    expect(link.unanswered).toBe(0);
  });

  it('given while the link is down go out when it is up', () => {
    link.start('token');
    link.send({ op: 'alarm.ack', alarm: 3 }, () => undefined);
    expect(world.socket.sent).toEqual([]);
    greet();
    expect(world.socket.last('alarm.ack')).toMatchObject({ alarm: 3 });
  });

  it('an order older than 15 s is held for a word, then sent with its old key', () => {
    online();
    const key = link.send(
      { op: 'incident.order', incident: 1, generation: 1, units: [{ unit: 'P1', tier: '3' }] }, () => undefined,
    );
    world.time += CONFIRM_AFTER_MS;
    world.socket.end(1006);
    world.pass(1_000);
    greet();
    expect(held.map((item) => item.key)).toEqual([key]);
    expect(world.socket.count('incident.order')).toBe(0);
    link.release(key, true);
    expect(world.socket.last('incident.order')).toMatchObject({ key });
    expect(held).toEqual([]);
  });

  it('tries again when the engine says retry', () => {
    online();
    const outcomes: Outcome[] = [];
    link.send({ op: 'alarm.ack', alarm: 3 }, (outcome) => outcomes.push(outcome));
    const first = world.socket.last('alarm.ack');
    world.socket.say({ id: first?.['id'], ok: false, error: { code: 'busy', title: 'Busy', detail: '', retry: true } });
    world.pass(2_000);
    expect(outcomes).toEqual([]);
    expect(world.socket.count('alarm.ack')).toBe(2);
    expect(world.socket.last('alarm.ack')?.['key']).toBe(first?.['key']);
  });

  it('hand a refusal to who gave them', () => {
    online();
    const outcomes: Outcome[] = [];
    link.send({ op: 'alarm.ack', alarm: 3 }, (outcome) => outcomes.push(outcome));
    const sent = world.socket.last('alarm.ack');
    world.socket.say({ id: sent?.['id'], ok: false, error: { code: 'unknown_alarm', title: '', detail: '' } });
    expect(outcomes[0]).toMatchObject({ ok: false, problem: { code: 'unknown_alarm' } });
  });
});

describe('the clock', () => {
  it('is the engine’s, and does not follow this machine’s', () => {
    online();
    world.pass(500);
    expect(link.clock.now()).toBe(1_000_500);
  });
});

describe('back-off', () => {
  it('stays within its bounds and grows', () => {
    for (let tries = 0; tries < 40; tries++) {
      for (const random of [0, 0.5, 0.999999]) {
        const wait = backoffMs(tries, () => random);
        expect(wait).toBeGreaterThanOrEqual(BACKOFF_MS_MIN);
        expect(wait).toBeLessThanOrEqual(BACKOFF_MS_MAX);
      }
    }
    expect(backoffMs(8, () => 0.9)).toBeGreaterThan(backoffMs(0, () => 0.9));
  });
});

describe('keys', () => {
  it('are UUIDv7: version, variant and the time in front', () => {
    const key = uuid7(1_700_000_000_000);
    expect(key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(key.replaceAll('-', '').slice(0, 12), 16)).toBe(1_700_000_000_000);
  });

  it('differ', () => {
    expect(new Set(Array.from({ length: 1000 }, () => uuid7(5))).size).toBe(1000);
  });
});

describe('the socket that was opened while the page was coming', () => {
  class EarlySocket {
    static readonly OPEN = 1;
    onmessage: ((event: { data: unknown }) => void) | null = null;
    heard: { data: unknown }[] = [];
    openedMs?: number;
    closed: number[] = [];
    close = (code: number): number => this.closed.push(code);
    constructor(readonly readyState: number) {}
  }
  const early = (readyState: number): EarlySocket => {
    vi.stubGlobal('WebSocket', EarlySocket);
    const socket = new EarlySocket(readyState);
    (window as { kuaifanSocket?: unknown }).kuaifanSocket = socket;
    return socket;
  };

  it('is taken over once, with what it has heard in order', async () => {
    const socket = early(1);
    socket.heard = [{ data: 'hello' }, { data: 'beat' }];
    const world = browserWorld('ws://x/v1/ws');
    const taken = world.open();
    const heard: unknown[] = [];
    taken.onmessage = ({ data }) => heard.push(data);
    await Promise.resolve();
    expect(taken).toBe(socket);
    expect(heard).toEqual(['hello', 'beat']);
    expect(world.open()).not.toBe(socket);
  });

  it('is told with when each was heard', async () => {
    const socket = early(1);
    socket.heard = [new MessageEvent('message', { data: 'hello' })];
    const taken = browserWorld('ws://x/v1/ws').open();
    const came: unknown[] = [];
    taken.onmessage = ({ timeStamp }) => came.push(timeStamp);
    await Promise.resolve();
    expect(came).toEqual([(socket.heard[0] as MessageEvent).timeStamp]);
  });

  it('is not taken if the engine waits no longer for its login: it is closed, and another one opened', () => {
    const now = vi.spyOn(performance, 'now').mockReturnValue(20_000);
    const young = early(1);
    young.openedMs = 15_000;
    expect(browserWorld('ws://x/v1/ws').open()).toBe(young);
    now.mockReturnValue(20_001);
    const old = early(1);
    old.openedMs = 15_000;
    expect(browserWorld('ws://x/v1/ws').open()).not.toBe(old);
    expect([young.closed, old.closed]).toEqual([[], [1000]]);
  });

  it('is not taken if it has died meanwhile', () => {
    const socket = early(3);
    expect(browserWorld('ws://x/v1/ws').open()).not.toBe(socket);
  });
});
