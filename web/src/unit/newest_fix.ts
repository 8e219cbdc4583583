/* Where the unit is, as the engine hears it: the newest fix, never two within a second, and again when the
 * link is back, since the engine may have forgotten it. A queue would say where the unit was. */

export const FIX_GAP_MS = 900;

export interface FixWorld<Fix> {
  monotonic(): number;
  after(ms: number, run: () => void): void;
  /** false: there is no link. */
  send(fix: Fix): boolean;
}

export class NewestFix<Fix> {
  private newest: Fix | null = null;
  private unsent = false;
  private timed = false;
  private sentMonotonic = -Infinity; /* the first counts, however soon it comes */

  constructor(private readonly world: FixWorld<Fix>) {}

  take(fix: Fix): void {
    this.newest = fix;
    this.unsent = true;
    this.send();
  }

  /** The link is back. */
  linked(): void {
    this.unsent = this.newest !== null;
    this.send();
  }

  /** Nobody wants to know any more. */
  forget(): void {
    this.newest = null;
    this.unsent = false;
  }

  private send(): void {
    if (!this.unsent || this.timed || this.newest === null) return;
    const early = this.sentMonotonic + FIX_GAP_MS - this.world.monotonic();
    if (early > 0) {
      this.timed = true;
      this.world.after(early, () => {
        this.timed = false;
        this.send();
      });
      return;
    }
    if (!this.world.send(this.newest)) return;
    this.unsent = false;
    this.sentMonotonic = this.world.monotonic();
  }
}
