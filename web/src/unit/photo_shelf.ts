/* Photos that the engine will not have. They stay on the phone, with the reason, until whoever took them
 * has saved or deleted them: nobody's evidence is thrown away by a rule. */

import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Problem } from '../protocol/frames.ts';
import type { Photo } from './photo_box.ts';

export interface Refused {
  at: number; /* its place in the line that it came from */
  owner: string;
  photo: Photo;
  problem: Problem;
}

interface Schema extends DBSchema {
  refused: { key: number; value: Refused };
}

export class PhotoShelf {
  private db: IDBPDatabase<Schema> | null = null;
  private all: Refused[] = [];
  private owner = '';

  constructor(
    private readonly name: string,
    private readonly changed: (mine: readonly Refused[]) => void,
  ) {}

  async open(owner: string): Promise<void> {
    this.owner = owner;
    this.db ??= await openDB<Schema>(this.name, 1, {
      upgrade(db) {
        db.createObjectStore('refused', { keyPath: 'at' });
      },
    });
    this.all = await this.db.getAll('refused');
    this.tell();
  }

  /** False: it is shown, but the phone's disk did not take it. Twice is once. */
  async keep(refused: Refused): Promise<boolean> {
    this.all = [...this.all.filter((held) => held.at !== refused.at), refused];
    this.tell();
    if (!this.db) return false;
    return this.db.put('refused', refused).then(() => true, () => false);
  }

  async drop(at: number): Promise<void> {
    this.all = this.all.filter((held) => held.at !== at);
    this.tell();
    await this.db?.delete('refused', at);
  }

  private tell(): void {
    this.changed(this.all.filter((held) => held.owner === this.owner));
  }
}
