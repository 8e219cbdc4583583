/* What a unit pressed, kept in IndexedDB until the engine has answered it: first in, first out, the same
 * key every time, without a limit of tries. It survives a reload, a dead battery and a tunnel. */

import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Command } from '../protocol/commands.ts';
import type { Problem } from '../protocol/frames.ts';
import type { Reply } from '../link/http.ts';
import { uuid7 } from '../link/uuid7.ts';

export interface Entry<C = Command> {
  at: number; /* place in the line */
  key: string;
  owner: string; /* who pressed it: a phone that changes hands sends nothing in another's name */
  command: C;
}

interface Schema<C> extends DBSchema {
  line: { key: number; value: Entry<C> };
}

export interface OutboxWorld<C = Command> {
  post(body: C & { key: string }): Promise<Reply<unknown>>;
  now(): number;
  after(ms: number, run: () => void): () => void;
}

export interface OutboxHandlers<C = Command> {
  changed(entries: readonly Entry<C>[]): void;
  /** It leaves the line when this is done: what is kept of it is kept before. */
  refused(entry: Entry<C>, problem: Problem): void | Promise<void>;
  /** The token does not hold any more: nothing is lost, somebody has to log in. */
  loggedOut(): void;
}

export const RETRY_MS_MIN = 1_000;
export const RETRY_MS_MAX = 30_000;

export class Outbox<C = Command> {
  private db: IDBPDatabase<Schema<C>> | null = null;
  private line: Entry<C>[] = [];
  private owner = '';
  private opening: Promise<void> | null = null;
  private busy = false;
  private again = false;
  private tries = 0;
  private cancelRetry: (() => void) | null = null;

  constructor(
    private readonly name: string,
    private readonly world: OutboxWorld<C>,
    private readonly handlers: OutboxHandlers<C>,
  ) {}

  open(owner: string): Promise<void> {
    this.owner = owner;
    this.opening = this.load();
    return this.opening;
  }

  private async load(): Promise<void> {
    this.db ??= await openDB<Schema<C>>(this.name, 1, {
      upgrade(db) {
        db.createObjectStore('line', { keyPath: 'at' });
      },
    });
    const held = await this.db.getAll('line');
    const early = this.line.filter((entry) => held.every((kept) => kept.at !== entry.at)); /* pressed meanwhile */
    this.line = [...held, ...early].sort((a, b) => a.at - b.at);
    this.tell();
    this.flush();
  }

  /** The entries of the one who is logged in. */
  get mine(): readonly Entry<C>[] {
    return this.line.filter((entry) => entry.owner === this.owner);
  }

  /** Keep a command. It is on the phone's disk when this resolves, and on its way. */
  async add(command: C): Promise<void> {
    await this.put(command, Math.max(this.world.now(), (this.line.at(-1)?.at ?? 0) + 1));
  }

  /** Before all that waits: a call for help. */
  async addFirst(command: C): Promise<void> {
    await this.put(command, Math.min(this.world.now(), (this.line[0]?.at ?? Infinity) - 1));
  }

  private async put(command: C, at: number): Promise<void> {
    const entry: Entry<C> = { at, key: uuid7(this.world.now()), owner: this.owner, command };
    this.line = [...this.line, entry].sort((a, b) => a.at - b.at);
    this.tell();
    await this.opening?.catch(() => undefined); /* without a disk it is sent all the same */
    if (this.line.includes(entry)) await this.db?.put('line', entry);
    this.flush();
  }

  /** Send what waits. Called while it is busy, it goes round once more: no press is left behind. */
  flush(): void {
    this.cancelRetry?.();
    this.cancelRetry = null;
    if (this.busy) {
      this.again = true;
      return;
    }
    this.busy = true;
    /* A phone without room may fail to keep what was refused: then it stays in the line. */
    void this.drain().catch(() => this.retryLater(null)).finally(() => {
      this.busy = false;
      if (this.again) {
        this.again = false;
        this.flush();
      }
    });
  }

  private async drain(): Promise<void> {
    for (let entry = this.mine[0]; entry !== undefined; entry = this.mine[0]) {
      const reply = await this.world.post({ ...entry.command, key: entry.key });
      if (!reply.ok && reply.status === 401) {
        this.handlers.loggedOut();
        return;
      }
      if (!reply.ok && isPassing(reply.status)) {
        this.retryLater(reply.retryAfterS);
        return;
      }
      this.tries = 0;
      if (!reply.ok) await this.handlers.refused(entry, reply.problem);
      await this.remove(entry);
    }
  }

  private retryLater(afterS: number | null): void {
    const wait = Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** Math.min(this.tries, 10));
    this.tries += 1;
    this.cancelRetry?.();
    this.cancelRetry = this.world.after(Math.max(wait, Math.min((afterS ?? 0) * 1000, RETRY_MS_MAX)), () => this.flush());
  }

  private async remove(entry: Entry<C>): Promise<void> {
    this.line = this.line.filter((held) => held.at !== entry.at);
    await this.db?.delete('line', entry.at);
    this.tell();
  }

  private tell(): void {
    this.handlers.changed(this.mine);
  }
}

/** No answer, too many requests, the engine is busy or restarts: the same command may succeed later. */
function isPassing(status: number): boolean {
  return status === 0 || status === 408 || status === 425 || status === 429 || status >= 500 || (status >= 200 && status < 300);
}
