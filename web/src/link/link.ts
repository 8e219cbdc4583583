/* One WebSocket to the engine, kept up: login, subscriptions that resume without a hole, commands
 * that are sent again with the same key until they are answered, a watchdog on the beat.
 *
 *   idle ─start→ connecting ─open→ greeting ─hello→ login ─ok→ online
 *                    ↑                                            │ close, 3 beats missed, bad frame
 *                    └──────── waiting (jittered back-off) ←──────┘
 *   4500…4999 → stopped: something has to change first (log in again); but 4502 before the login was
 *   answered → waiting: the login came too late, its token may be good.
 *
 * It knows no DOM; the page hands in the socket, the timers and the clock. */

import {
  authResult, decode, decodeMessage, subResult, type LogFrame, type Problem, type ServerMessage,
  type Snapshot, type Stream,
} from '../protocol/frames.ts';
import type { Command } from '../protocol/commands.ts';
import type { User } from '../protocol/objects.ts';
import { decodePositions, type PositionFrame } from '../protocol/positions.ts';
import { backoffMs } from './backoff.ts';
import { ServerClock } from './clock.ts';
import { uuid7 } from './uuid7.ts';

export interface Socket {
  send(data: string): void;
  close(code?: number): void;
  onopen: (() => void) | null;
  /** `timeStamp`: when it came, by the clock of `monotonic`; it may be told later than that. */
  onmessage: ((event: { data: unknown; timeStamp?: number }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  onerror: (() => void) | null;
}

export interface LinkWorld {
  open(): Socket;
  /** Monotonic milliseconds. */
  monotonic(): number;
  after(ms: number, run: () => void): () => void;
  random(): number;
}

export type LinkState =
  | { kind: 'idle' }
  | { kind: 'connecting' }
  | { kind: 'online' }
  | { kind: 'waiting'; tries: number; untilMonotonic: number }
  | { kind: 'stopped'; code: number };

export type Outcome =
  | { ok: true; res: Record<string, unknown> }
  | { ok: false; problem: Problem };

export interface LinkHandlers {
  state(state: LinkState): void;
  user?(user: User, expires_ms: number): void;
  snapshot(parts: Snapshot[]): void;
  log(frame: LogFrame): void;
  positions?(frame: PositionFrame): void;
  /** Who covers what has changed: GET /v1/coverage says how. */
  coverage?(): void;
  /** A frame that the protocol does not allow. */
  bad(pointer: string, want: string): void;
  /** Commands that were not answered in time and wait for a person's word. */
  held?(commands: readonly Held[]): void;
}

export interface Held {
  key: string;
  command: Command;
}

/** An order that was on its way this long is not sent again unasked: the world has moved on. */
export const CONFIRM_AFTER_MS = 15_000;
const OPEN_MS_MAX = 10_000;
const BAD_FRAMES_MAX = 3;
const NO_LOGIN_IN_TIME = 4502;

interface Pending {
  key: string;
  command: Command;
  givenMonotonic: number;
  id: number | null; /* of the connection it was last sent on */
  held: boolean;
  done(outcome: Outcome): void;
}

interface Sub {
  stream: Stream;
  epoch: string | null;
  upto: number;
  phase: 'asked' | 'snapshot' | 'live';
  parts: Snapshot[];
}

export class Link {
  readonly clock: ServerClock;
  private socket: Socket | null = null;
  private current: LinkState = { kind: 'idle' };
  private token = '';
  private readonly subs = new Map<Stream, Sub>();
  private readonly pending = new Map<string, Pending>();
  private readonly asks = new Map<number, (message: ServerMessage) => void>();
  private nextId = 1;
  private tries = 0;
  private badFrames = 0;
  private heartbeatMs = 10_000;
  private heardMonotonic = 0;
  private cancelTimer: (() => void) | null = null;
  private cancelWatch: (() => void) | null = null;

  constructor(
    private readonly world: LinkWorld,
    private readonly handlers: LinkHandlers,
    streams: readonly Stream[],
    private readonly client: string,
  ) {
    this.clock = new ServerClock(() => world.monotonic());
    for (const stream of streams) {
      this.subs.set(stream, { stream, epoch: null, upto: 0, phase: 'asked', parts: [] });
    }
  }

  get state(): LinkState {
    return this.current;
  }

  /** Milliseconds since anything was heard; null before the first word. */
  silenceMs(): number | null {
    return this.heardMonotonic === 0 ? null : this.world.monotonic() - this.heardMonotonic;
  }

  get heartbeat(): number {
    return this.heartbeatMs;
  }

  start(token: string): void {
    this.token = token;
    this.tries = 0;
    this.connect();
  }

  stop(): void {
    this.drop();
    this.set({ kind: 'idle' });
  }

  /** The network came back or the page is visible again: do not wait any longer. */
  nudge(): void {
    if (this.current.kind === 'waiting') {
      this.tries = 0;
      this.connect();
    }
  }

  /** Give a command. It is kept until the engine has answered it, over any number of connections. */
  send(command: Command, done: (outcome: Outcome) => void): string {
    const key = uuid7(this.clock.now());
    const pending: Pending = {
      key, command, givenMonotonic: this.world.monotonic(), id: null, held: false, done,
    };
    this.pending.set(key, pending);
    if (this.current.kind === 'online') this.transmit(pending);
    return key;
  }

  get unanswered(): number {
    return this.pending.size;
  }

  /** A held command: send it with its old key (executed at most once), or give it up. */
  release(key: string, again: boolean): void {
    const pending = this.pending.get(key);
    if (!pending?.held) return;
    pending.held = false;
    if (again) {
      pending.givenMonotonic = this.world.monotonic();
      if (this.current.kind === 'online') this.transmit(pending);
    } else {
      this.pending.delete(key);
    }
    this.tellHeld();
  }

  /** Telemetry: sent if the link is up, else dropped. */
  post(message: Record<string, unknown>): boolean {
    if (this.current.kind !== 'online') return false;
    return this.write(message);
  }

  private set(state: LinkState): void {
    this.current = state;
    this.handlers.state(state);
  }

  private connect(): void {
    this.drop();
    this.set({ kind: 'connecting' });
    const socket = this.world.open();
    this.socket = socket;
    this.cancelTimer = this.world.after(OPEN_MS_MAX, () => this.lost(1006));
    socket.onmessage = (event) => {
      if (this.socket === socket) this.hear(event.data, event.timeStamp);
    };
    socket.onclose = (event) => {
      if (this.socket === socket) this.lost(event.code);
    };
    socket.onerror = null;
  }

  private drop(): void {
    this.cancelTimer?.();
    this.cancelWatch?.();
    this.cancelTimer = null;
    this.cancelWatch = null;
    this.asks.clear();
    for (const sub of this.subs.values()) sub.parts = [];
    const socket = this.socket;
    this.socket = null;
    if (socket) {
      socket.onmessage = null;
      socket.onclose = null;
      socket.close(1000);
    }
  }

  private lost(code: number): void {
    const isLate = code === NO_LOGIN_IN_TIME && this.current.kind === 'connecting';
    this.drop();
    if (code >= 4500 && code <= 4999 && !isLate) {
      this.set({ kind: 'stopped', code });
      return;
    }
    const wait = backoffMs(this.tries, () => this.world.random());
    this.tries += 1;
    this.set({ kind: 'waiting', tries: this.tries, untilMonotonic: this.world.monotonic() + wait });
    this.cancelTimer = this.world.after(wait, () => this.connect());
  }

  private hear(data: unknown, at = Infinity): void {
    this.heardMonotonic = Math.min(at, this.world.monotonic());
    if (data instanceof ArrayBuffer) {
      this.hearBinary(data);
      return;
    }
    const decoded = decodeMessage(typeof data === 'string' ? data : '');
    if (!decoded.ok) {
      this.refuse(decoded.pointer, decoded.want);
      return;
    }
    if (decoded.value !== null) this.take(decoded.value);
  }

  private hearBinary(bytes: ArrayBuffer): void {
    const frame = decodePositions(bytes);
    if (frame === null) {
      this.refuse('', 'a frame of positions');
      return;
    }
    this.clock.heard(frame.now_ms, this.heardMonotonic);
    this.handlers.positions?.(frame);
  }

  /** One bad frame is a hole: fetch everything anew. Bad frames in a row: come back later. */
  private refuse(pointer: string, want: string): void {
    this.handlers.bad(pointer, want);
    this.badFrames += 1;
    for (const sub of this.subs.values()) sub.epoch = null;
    if (this.badFrames >= BAD_FRAMES_MAX || this.current.kind !== 'online') {
      this.badFrames = 0;
      this.tries = Math.max(this.tries, 4);
      this.lost(1006);
      return;
    }
    for (const sub of this.subs.values()) this.subscribe(sub);
  }

  private take(message: ServerMessage): void {
    switch (message.t) {
      case 'hello':
        this.clock.reset();
        this.clock.heard(message.now_ms, this.heardMonotonic);
        this.login();
        break;
      case 'beat':
        this.clock.heard(message.now_ms, this.heardMonotonic);
        break;
      case 'coverage':
        this.handlers.coverage?.();
        break;
      case 'log':
        this.takeLog(message);
        break;
      case 'snapshot':
        this.takeSnapshot(message);
        break;
      case 'answer':
      case 'refusal': {
        if (message.id === null) break;
        const ask = this.asks.get(message.id);
        this.asks.delete(message.id);
        ask?.(message);
        break;
      }
    }
  }

  private login(): void {
    this.ask({ op: 'auth', token: this.token, client: this.client }, (message) => {
      if (message.t !== 'answer') {
        this.lost(4500);
        return;
      }
      const result = decode(authResult, message.res);
      if (!result.ok) {
        this.refuse(result.pointer, result.want);
        return;
      }
      this.heartbeatMs = result.value.heartbeat_ms;
      this.cancelTimer?.();
      this.cancelTimer = null;
      this.tries = 0;
      this.handlers.user?.(result.value.user, result.value.expires_ms);
      this.set({ kind: 'online' });
      this.watch();
      this.resend();
    });
    /* Asked in one breath: the engine takes them in order, and closes if the login is none. */
    for (const sub of this.subs.values()) this.subscribe(sub);
  }

  private watch(): void {
    this.cancelWatch = this.world.after(this.heartbeatMs / 2, () => {
      if ((this.silenceMs() ?? 0) > 3 * this.heartbeatMs) this.lost(1006);
      else this.watch();
    });
  }

  private subscribe(sub: Sub): void {
    const resume = sub.stream !== 'units' && sub.epoch !== null;
    sub.phase = 'asked';
    sub.parts = [];
    const ask: Record<string, unknown> = { op: 'sub', stream: sub.stream };
    if (resume) ask['since'] = { epoch: sub.epoch, seq: sub.upto };
    this.ask(ask, (message) => {
      if (message.t !== 'answer') {
        const problem = message.t === 'refusal' ? message.error : null;
        this.handlers.bad(`/sub/${sub.stream}`, problem?.code ?? 'a subscription');
        return;
      }
      const result = decode(subResult, message.res);
      if (!result.ok || sub.phase !== 'asked') return;
      sub.phase = result.value.recovered === true && resume ? 'live' : 'snapshot';
    });
  }

  private takeSnapshot(part: Snapshot): void {
    const sub = this.subs.get(part.stream);
    if (!sub) return;
    const first = sub.parts[0];
    if (first && (first.seq !== part.seq || first.epoch !== part.epoch)) sub.parts = [];
    sub.parts.push(part);
    if (!part.last) return;
    const parts = sub.parts;
    sub.parts = [];
    sub.epoch = part.epoch;
    sub.upto = part.seq;
    sub.phase = 'live';
    this.badFrames = 0;
    this.handlers.snapshot(parts);
  }

  private takeLog(frame: LogFrame): void {
    const sub = this.subs.get(frame.stream);
    if (!sub) return;
    const follows = sub.epoch === frame.epoch && frame.from === sub.upto + 1;
    if (sub.epoch !== null && follows && sub.phase !== 'snapshot') {
      sub.phase = 'live';
      sub.upto = frame.upto;
      this.handlers.log(frame);
      return;
    }
    const past = sub.epoch === frame.epoch && frame.upto <= sub.upto;
    if (sub.phase === 'live' && !past) this.subscribe(sub);
  }

  private resend(): void {
    const now = this.world.monotonic();
    for (const pending of this.pending.values()) {
      if (pending.held) continue;
      if (pending.command.op === 'incident.order' && now - pending.givenMonotonic > CONFIRM_AFTER_MS) {
        pending.held = true;
        continue;
      }
      this.transmit(pending);
    }
    this.tellHeld();
  }

  private tellHeld(): void {
    const held = [...this.pending.values()].filter((item) => item.held);
    this.handlers.held?.(held.map(({ key, command }) => ({ key, command })));
  }

  private transmit(pending: Pending): void {
    this.ask({ ...pending.command, key: pending.key }, (message) => {
      if (message.t === 'answer') {
        this.pending.delete(pending.key);
        pending.done({ ok: true, res: message.res });
      } else if (message.t === 'refusal') {
        if (message.error.retry === true) {
          const wait = backoffMs(2, () => this.world.random());
          this.world.after(wait, () => {
            if (this.current.kind === 'online' && this.pending.has(pending.key)) {
              this.transmit(pending);
            }
          });
          return;
        }
        this.pending.delete(pending.key);
        pending.done({ ok: false, problem: message.error });
      }
    });
  }

  private ask(message: Record<string, unknown>, answer: (message: ServerMessage) => void): void {
    const id = this.nextId++;
    this.asks.set(id, answer);
    this.write({ id, ...message });
  }

  private write(message: Record<string, unknown>): boolean {
    if (!this.socket) return false;
    try {
      this.socket.send(JSON.stringify(message));
      return true;
    } catch {
      return false; /* closing: onclose follows, and what matters is sent again */
    }
  }
}

const SUBPROTOCOL = 'kuaifan.v1+json';

type EarlySocket = WebSocket & { heard: MessageEvent[]; openedMs?: number };

/** The engine closes after 10 s without a login (PROTOCOL.md §6.1), which still has to travel. */
const EARLY_MS_MAX = 5_000;

/** The one that first.js has opened while the page was still coming, if it lives: once. */
function earlySocket(): WebSocket | null {
  const held = window as { kuaifanSocket?: EarlySocket };
  const early = held.kuaifanSocket;
  delete held.kuaifanSocket;
  if (!early || early.readyState > WebSocket.OPEN) return null;
  if (performance.now() - (early.openedMs ?? Infinity) > EARLY_MS_MAX) {
    early.onmessage = null;
    early.close(1000);
    return null;
  }
  /* The caller listens by then, and nothing else can be heard before. */
  queueMicrotask(() => early.heard.forEach((event) => early.onmessage?.(event)));
  return early;
}

/** The browser as the link's world. */
export function browserWorld(url: string): LinkWorld {
  return {
    open() {
      const socket = earlySocket() ?? new WebSocket(url, SUBPROTOCOL);
      socket.binaryType = 'arraybuffer';
      return socket as unknown as Socket;
    },
    monotonic: () => performance.now(),
    after(ms, run) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    random: Math.random,
  };
}

export function socketUrl(): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/v1/ws`;
}
