/* The engine's clock as seen from here. It runs on the page's monotonic clock, so that somebody who
 * sets the machine's time does not move a single timer. */

export class ServerClock {
  private offset: number | null = null;
  private recent: number[] = [];

  constructor(private readonly monotonic: () => number) {}

  /** The engine said `now_ms`, heard at `at` here. The frame that travelled fastest gives the largest offset. */
  heard(now_ms: number, at: number): void {
    this.recent.push(now_ms - at);
    if (this.recent.length > 10) this.recent.shift();
    this.offset = Math.max(...this.recent);
  }

  /** A new connection may be to an engine whose clock differs. */
  reset(): void {
    this.recent = [];
  }

  get known(): boolean {
    return this.offset !== null;
  }

  now(): number {
    return this.offset === null ? Date.now() : this.monotonic() + this.offset;
  }
}
