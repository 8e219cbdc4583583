import 'fake-indexeddb/auto';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { session } from '../src/ui/session.ts';
import { dismiss, refusals } from '../src/unit/refusals.ts';
import { queued, setDuty, signAt, start } from '../src/unit/state.ts';
import { USER } from './fakes.ts';

class DeafSocket {
  close(): void {}
}

let isUp: boolean;
let sent: string[];
let stop: () => void;

/** The engine: signatures of `refused` are none. */
function engine(_path: string, { body }: { body: string }): Promise<Response> {
  if (!isUp) return Promise.reject(new TypeError('no network'));
  const { op, checkpoint } = JSON.parse(body) as { op: string; checkpoint?: string };
  sent.push(checkpoint ?? op);
  const isRefused = checkpoint?.startsWith('refused') ?? false;
  return Promise.resolve(new Response(JSON.stringify(isRefused ? { code: 'wrong_state', title: 'No', status: 409 } : { res: {} }), {
    status: isRefused ? 409 : 200, headers: { 'Content-Type': isRefused ? 'application/problem+json' : 'application/json' },
  }));
}

const network = (): void => {
  isUp = true;
  dispatchEvent(new Event('online'));
};
const signed = (): string[] => refusals.value.map(({ command, problem }) => `${command.op === 'checkpoint.sign' && command.checkpoint} ${problem.code}`);

beforeEach(async () => {
  isUp = false;
  sent = [];
  vi.stubGlobal('WebSocket', DeafSocket);
  vi.stubGlobal('fetch', engine);
  session.value = { token: 't', user: { ...USER, role: 'unit', unit: 'P1' }, expires_ms: 9e12 } as typeof session.value;
  const closed = queued.peek();
  stop = start();
  await vi.waitFor(() => expect(queued.peek(), 'the line is open').not.toBe(closed));
});

afterEach(() => {
  stop();
  vi.unstubAllGlobals();
});

it('a signature that waits for the network goes before the end of duty', async () => {
  signAt({ code: 'B1', name: '大桥' });
  setDuty('off');
  expect(queued.value).toHaveLength(2);
  network();
  await vi.waitFor(() => expect(queued.value).toEqual([]));
  expect(sent).toEqual(['B1', 'unit.duty']);
});

it('each signature that is refused is told until it is dismissed, whatever is pressed after it', async () => {
  signAt({ code: 'refused 1', name: '大桥' });
  signAt({ code: 'refused 2', name: '公园' });
  network();
  await vi.waitFor(() => expect(queued.value).toEqual([]));
  setDuty('off');
  expect(signed()).toEqual(['refused 1 wrong_state', 'refused 2 wrong_state']);
  dismiss(refusals.value[0]!);
  expect(signed()).toEqual(['refused 2 wrong_state']);
  signAt({ code: 'refused 2', name: '公园' });
  expect(signed(), 'signed again: the new answer counts').toEqual([]);
  await vi.waitFor(() => expect(signed()).toEqual(['refused 2 wrong_state']));
  await vi.waitFor(() => expect(queued.value).toEqual([]));
});
