import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, it } from 'vitest';
import { Outbox, RETRY_MS_MAX, type Entry } from '../src/unit/outbox.ts';
import type { Command } from '../src/protocol/commands.ts';
import type { Reply } from '../src/link/http.ts';
import type { Problem } from '../src/protocol/frames.ts';

type Sent = Command & { key: string };
const OK: Reply<unknown> = { ok: true, value: {}, status: 200 };
const no = (status: number, code = 'x'): Reply<unknown> => ({
  ok: false, status, retryAfterS: null,
  problem: { code, title: null, detail: null, pointer: null, retry: null, generation: null, by: null, by_ms: null, errors: null },
});

let sent: Sent[];
let replies: Reply<unknown>[];
let waits: { ms: number; run: () => void }[];
let refused: { entry: Entry; problem: Problem }[];
let loggedOut: number;

function outbox(post?: (body: Sent) => Promise<Reply<unknown>>): Outbox {
  return new Outbox<Command>(
    'test',
    {
      post: post ?? ((body) => {
        sent.push(body);
        return Promise.resolve(replies.shift() ?? OK);
      }),
      now: () => 1_700_000_000_000,
      after(ms, run) {
        const wait = { ms, run };
        waits.push(wait);
        return () => {
          waits = waits.filter((held) => held !== wait);
        };
      },
    },
    {
      changed: () => undefined,
      refused: (entry, problem) => void refused.push({ entry, problem }),
      loggedOut: () => (loggedOut += 1),
    },
  );
}

const step = (state: 'acknowledged' | 'en_route' | 'on_scene' | 'cleared'): Command =>
  ({ op: 'assignment.update', assignment: 5, state });
const settle = async (): Promise<void> => {
  for (let i = 0; i < 40; i++) await new Promise((resolve) => setImmediate(resolve));
};
const states = (): unknown[] => sent.map((body) => (body.op === 'assignment.update' ? body.state : body.op));

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  sent = [];
  replies = [];
  waits = [];
  refused = [];
  loggedOut = 0;
});

describe('the outbox', () => {
  it('sends in order, each once', async () => {
    const box = outbox();
    await box.open('P1');
    await Promise.all([box.add(step('acknowledged')), box.add(step('en_route')), box.add(step('on_scene'))]);
    await settle();
    expect(states()).toEqual(['acknowledged', 'en_route', 'on_scene']);
    expect(box.mine).toEqual([]);
  });

  it('sends a call for help before all that waits, also after a reload', async () => {
    replies = [no(0), no(0)];
    const box = outbox();
    await box.open('P1');
    await box.add(step('acknowledged'));
    await settle();
    await box.add(step('en_route'));
    await settle();
    sent = [];
    replies = [no(0)];
    await box.addFirst({ op: 'unit.panic' });
    await settle();
    expect(states()).toEqual(['unit.panic']);
    const again = outbox();
    await again.open('P1');
    await settle();
    expect(states()).toEqual(['unit.panic', 'unit.panic', 'acknowledged', 'en_route']);
    expect(new Set(sent.map((body) => body.key)).size).toBe(3);
  });

  it('sends what is pressed while it is busy (a wake-up is never lost)', async () => {
    let open: (reply: Reply<unknown>) => void = () => undefined;
    const box = outbox((body) => {
      sent.push(body);
      return sent.length === 1 ? new Promise((resolve) => (open = resolve)) : Promise.resolve(OK);
    });
    await box.open('P1');
    await box.add(step('acknowledged'));
    await box.add(step('cleared'));
    open(OK);
    await settle();
    expect(states()).toEqual(['acknowledged', 'cleared']);
  });

  it('keeps what is not answered, with its key, and tries again without end', async () => {
    const box = outbox();
    replies = [no(0), no(503), no(429), no(500)];
    await box.open('P1');
    await box.add(step('acknowledged'));
    for (let i = 0; i < 4; i++) {
      await settle();
      waits.shift()?.run();
    }
    await settle();
    expect(sent).toHaveLength(5);
    expect(new Set(sent.map((body) => body.key)).size).toBe(1);
    expect(box.mine).toEqual([]);
  });

  it('never waits longer than its bound', async () => {
    const box = outbox();
    await box.open('P1');
    replies = Array.from({ length: 20 }, () => no(0));
    await box.add(step('acknowledged'));
    for (let i = 0; i < 20; i++) {
      await settle();
      const wait = waits.shift();
      expect(wait?.ms).toBeLessThanOrEqual(RETRY_MS_MAX);
      wait?.run();
    }
  });

  it('survives a reload in order and with the same keys', async () => {
    const first = outbox();
    replies = [no(0), no(0), no(0)];
    await first.open('P1');
    await first.add(step('acknowledged'));
    await first.add(step('en_route'));
    await settle();
    const keys = first.mine.map((entry) => entry.key);
    sent = [];
    replies = [];
    await outbox().open('P1');
    await settle();
    expect(states()).toEqual(['acknowledged', 'en_route']);
    expect(sent.map((body) => body.key)).toEqual(keys);
  });

  it('keeps what is pressed while it opens, on the phone’s disk, too', async () => {
    replies = [no(0), no(0), no(0), no(0)];
    const first = outbox();
    const opened = first.open('P1');
    const added = first.add(step('acknowledged'));
    await Promise.all([opened, added]);
    await settle();
    expect(first.mine).toHaveLength(1);
    sent = [];
    replies = [];
    await outbox().open('P1');
    await settle();
    expect(states()).toEqual(['acknowledged']);
  });

  it('drops what the engine refuses, says so, and goes on', async () => {
    const box = outbox();
    replies = [no(409, 'wrong_state')];
    await box.open('P1');
    await Promise.all([box.add(step('acknowledged')), box.add(step('en_route'))]);
    await settle();
    expect(refused.map((item) => item.problem.code)).toEqual(['wrong_state']);
    expect(states()).toEqual(['acknowledged', 'en_route']);
    expect(box.mine).toEqual([]);
  });

  it('keeps everything when the login does not hold any more', async () => {
    const box = outbox();
    replies = [no(401)];
    await box.open('P1');
    await box.add(step('acknowledged'));
    await settle();
    expect(loggedOut).toBe(1);
    expect(box.mine).toHaveLength(1);
  });

  it('sends nothing in another’s name', async () => {
    const box = outbox();
    replies = [no(0)];
    await box.open('P1');
    await box.add(step('acknowledged'));
    await settle();
    sent = [];
    const other = outbox();
    await other.open('P2');
    await settle();
    expect(sent).toEqual([]);
    expect(other.mine).toEqual([]);
  });
});
