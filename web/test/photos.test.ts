import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Reply } from '../src/link/http.ts';
import type { Problem } from '../src/protocol/frames.ts';
import { photoBox, photoPath, type Photo } from '../src/unit/photo_box.ts';
import { PhotoShelf, type Refused } from '../src/unit/photo_shelf.ts';
import { fit, SIDE_MAX } from '../src/unit/shrink.ts';

const OK: Reply<unknown> = { ok: true, value: {}, status: 200 };
const no = (status: number, code = 'x'): Reply<unknown> => ({
  ok: false, status, retryAfterS: null,
  problem: { code, title: null, detail: null, pointer: null, retry: null, generation: null, by: null, by_ms: null, errors: null },
});

let puts: { path: string; bytes: Uint8Array }[];
let replies: Reply<unknown>[];
let refused: { photo: Photo; problem: Problem }[];
let waits: (() => void)[];
let loggedOut: number;
let now: number;

const box = (): ReturnType<typeof photoBox> => photoBox(
  'photos',
  {
    put: (path, bytes) => {
      puts.push({ path, bytes });
      return Promise.resolve(replies.shift() ?? OK);
    },
    now: () => (now += 1),
    after: (_ms, run) => {
      waits.push(run);
      return () => (waits = waits.filter((held) => held !== run));
    },
  },
  { changed: () => undefined, refused: (entry, problem) => void refused.push({ photo: entry.command, problem }), loggedOut: () => (loggedOut += 1) },
);

const photo: Photo = { incident: 12, assignment: 5, device_ms: 1_763_932_271_000, bytes: new Uint8Array([0xff, 0xd8, 0xff, 7]) };
const key = (path: string): string => /photos\/([^?]+)\?/.exec(path)![1]!;
const settle = async (): Promise<void> => {
  for (let i = 0; i < 40; i++) await new Promise((resolve) => setImmediate(resolve));
};

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  [puts, replies, refused, waits, loggedOut, now] = [[], [], [], [], 0, 1_700_000_000_000];
});

describe('a photo on its way', () => {
  it('goes to its incident and order, with the moment it was taken', () => {
    expect(photoPath({ ...photo, key: 'a-key' })).toBe('/v1/incidents/12/photos/a-key?assignment=5&device_ms=1763932271000');
  });

  it('is kept first, survives a reload, and is sent again under the same key until it is answered', async () => {
    replies = [no(0), no(503, 'busy'), no(408, 'bad_request'), OK];
    const first = box();
    await first.open('P12');
    await first.add(photo);
    await settle();
    expect(puts).toHaveLength(1);
    const again = box(); /* the page is loaded anew */
    await again.open('P12');
    await settle();
    for (let i = 0; i < 2; i++) {
      waits.at(-1)!();
      await settle();
    }
    expect(puts).toHaveLength(4);
    expect(new Set(puts.map((put) => key(put.path))).size).toBe(1);
    expect(puts.every((put) => put.bytes.length === 4 && put.bytes[3] === 7)).toBe(true);
    expect(again.mine).toHaveLength(0);
    expect(refused).toHaveLength(0);
  });

  it('is not sent in the name of another one', async () => {
    replies = [no(0)];
    const line = box();
    await line.open('P12');
    await line.add(photo);
    await settle();
    await line.open('P13');
    await settle();
    expect(puts).toHaveLength(1);
    await line.open('P12');
    await settle();
    expect(puts).toHaveLength(2);
  });

  it('takes a new key where the engine has forgotten the old one', async () => {
    replies = [no(409, 'key_expired'), OK];
    const line = box();
    await line.open('P12');
    await line.add(photo);
    await settle();
    expect(puts.map((put) => key(put.path))).toHaveLength(2);
    expect(key(puts[0]!.path)).not.toBe(key(puts[1]!.path));
    expect(refused).toHaveLength(0);
    expect(line.mine).toHaveLength(0);
  });

  it('that is refused says why, and waits for a login where one is missing', async () => {
    replies = [no(413, 'too_large'), no(401, 'unauthorized')];
    const line = box();
    await line.open('P12');
    await line.add(photo);
    await settle();
    await line.add(photo);
    await settle();
    expect(refused.map((held) => [held.problem.code, held.photo.incident])).toEqual([['too_large', 12]]);
    expect(loggedOut).toBe(1);
    expect(line.mine).toHaveLength(1);
  });
});

describe('a photo that was refused', () => {
  const problem = { code: 'too_large', title: null, detail: null, pointer: null, retry: null, generation: null, by: null, by_ms: null, errors: null };
  let shown: readonly Refused[];
  const shelf = (): PhotoShelf => new PhotoShelf('shelf', (mine) => (shown = mine));

  it('stays on the phone, over a reload, once, until it is deleted, and is shown to nobody else', async () => {
    const first = shelf();
    await first.open('P12');
    await first.keep({ at: 7, owner: 'P12', photo, problem });
    await first.keep({ at: 7, owner: 'P12', photo, problem }); /* the page died before it had left the line */
    expect(shown.map((held) => held.at)).toEqual([7]);
    const again = shelf();
    await again.open('P13');
    expect(shown).toHaveLength(0);
    await again.open('P12');
    expect(shown.map((held) => [held.problem.code, held.photo.bytes[3]])).toEqual([['too_large', 7]]);
    await again.drop(7);
    expect(shown).toHaveLength(0);
    await shelf().open('P12');
    expect(shown).toHaveLength(0);
  });

  it('stays in the line when the phone has no room to keep it apart', async () => {
    replies = [no(413, 'too_large'), no(413, 'too_large')];
    let full = true;
    const line = photoBox(
      'photos',
      {
        put: () => Promise.resolve(replies.shift() ?? OK), now: () => (now += 1),
        after: (_ms, run) => {
          waits.push(run);
          return () => undefined;
        },
      },
      { changed: () => undefined, loggedOut: () => undefined, refused: () => (full ? Promise.reject(new Error('quota')) : undefined) },
    );
    await line.open('P12');
    await line.add(photo);
    await settle();
    expect(line.mine).toHaveLength(1);
    full = false;
    waits.at(-1)!();
    await settle();
    expect(line.mine).toHaveLength(0);
  });

  it('is on the shelf before it has left the line', async () => {
    replies = [no(413, 'too_large')];
    let inLine = 0;
    const line: ReturnType<typeof photoBox> = photoBox(
      'photos',
      { put: () => Promise.resolve(replies.shift() ?? OK), now: () => (now += 1), after: () => () => undefined },
      { changed: () => undefined, loggedOut: () => undefined, refused: async () => {
        await settle();
        inLine = line.mine.length;
      } },
    );
    await line.open('P12');
    await line.add(photo);
    for (let i = 0; i < 3; i++) await settle();
    expect(inLine).toBe(1);
    expect(line.mine).toHaveLength(0);
  });
});

describe('a camera’s photo', () => {
  it('is reduced to its longest side, and never enlarged', () => {
    expect(fit(4032, 3024)).toEqual({ width: SIDE_MAX, height: 1200 });
    expect(fit(3024, 4032)).toEqual({ width: 1200, height: SIDE_MAX });
    expect(fit(800, 600)).toEqual({ width: 800, height: 600 });
    expect(fit(20_000, 3)).toEqual({ width: SIDE_MAX, height: 1 });
  });
});
