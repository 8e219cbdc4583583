import { beforeEach, describe, expect, it } from 'vitest';
import { FIX_GAP_MS, NewestFix } from '../src/unit/newest_fix.ts';
import { FakeWorld } from './fakes.ts';

let world: FakeWorld;
let linked: boolean;
let sent: [number, number][];
let fixes: NewestFix<number>;

beforeEach(() => {
  world = new FakeWorld();
  linked = true;
  sent = [];
  fixes = new NewestFix<number>({
    monotonic: () => world.monotonic(),
    after: (ms, run) => void world.after(ms, run),
    send(fix) {
      if (linked) sent.push([world.time, fix]);
      return linked;
    },
  });
});

const numbers = (): number[] => sent.map(([, fix]) => fix);

describe('the fixes of a phone', () => {
  it('are sent at once, the first however soon it comes', () => {
    fixes.take(1);
    expect(numbers()).toEqual([1]);
  });

  it('that come too soon wait their turn, and only the newest of them is sent', () => {
    for (const fix of [1, 2, 3, 4]) fixes.take(fix);
    expect(numbers()).toEqual([1]);
    world.pass(FIX_GAP_MS);
    expect(numbers()).toEqual([1, 4]);
    world.pass(60_000);
    expect(numbers()).toEqual([1, 4]);
  });

  it('of a time without a link are not kept: the newest goes when it is back, once', () => {
    linked = false;
    for (let fix = 1; fix <= 100; fix++) {
      fixes.take(fix);
      world.pass(1_000);
    }
    expect(sent).toEqual([]);
    linked = true;
    fixes.linked();
    expect(numbers()).toEqual([100]);
    world.pass(60_000);
    expect(numbers()).toEqual([100]);
  });

  it('are told again after each break: an engine that was started anew has forgotten them', () => {
    fixes.take(1);
    world.pass(30_000);
    fixes.linked();
    expect(numbers()).toEqual([1, 1]);
  });

  it('are no longer told when nobody wants to know', () => {
    fixes.take(1);
    fixes.take(2);
    fixes.forget();
    world.pass(60_000);
    fixes.linked();
    expect(numbers()).toEqual([1]);
  });

  it('are never nearer than the gap and end with the newest, whatever comes when (seeded)', () => {
    let seed = 42;
    const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    let last = 0;
    for (let i = 1; i <= 2_000; i++) {
      const what = random();
      if (what < 0.6) fixes.take((last = i));
      else if (what < 0.75) linked = false;
      else {
        linked = true;
        fixes.linked();
      }
      world.pass(Math.floor(random() * 700));
    }
    linked = true;
    fixes.linked();
    world.pass(FIX_GAP_MS);
    const gaps = sent.slice(1).map(([at], i) => at - sent[i]![0]);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(FIX_GAP_MS);
    expect(numbers().toSorted((a, b) => a - b)).toEqual(numbers());
    expect(numbers().at(-1)).toBe(last);
  });
});
