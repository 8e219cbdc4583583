/* Where the units are: typed arrays by the unit's index, fed by binary frames, read by the map and the
 * board. Not signals: 20,000 units move every second. */

import type { PositionFrame } from '../protocol/positions.ts';
import { POSITION_UNKNOWN } from '../protocol/positions.ts';
import type { Unit } from '../protocol/objects.ts';
import { UNIT_STATUSES, type UnitKind } from '../protocol/values.ts';

/** A fix older than this is shown as stale; posts and stations stand still. */
const STALE_S: Record<UnitKind, number> = {
  post: Infinity, station: Infinity, car: 30, motorcycle: 30, foot: 180, grid: 180, volunteer: 180,
};
const STATUS_CODE = new Map(UNIT_STATUSES.map((status, code) => [status, code]));

export class Fleet {
  /** One past the highest index seen. */
  size = 0;
  x = new Float64Array(0); /* web mercator, 0…1; NaN: no position */
  y = new Float64Array(0);
  heading = new Uint8Array(0);
  speed = new Uint8Array(0);
  status = new Uint8Array(0);
  private seenMs = new Float64Array(0); /* engine's time of the fix; NaN: not known */
  private held: (Unit | undefined)[] = [];
  private kind: (UnitKind | null)[] = [];
  codes: (string | null)[] = [];
  private readonly indexes = new Map<string, number>();
  version = 0;

  clear(): void {
    this.size = 0;
    this.codes = [];
    this.kind = [];
    this.held = [];
    this.indexes.clear();
    this.x = new Float64Array(0);
    this.y = new Float64Array(0);
    this.heading = new Uint8Array(0);
    this.speed = new Uint8Array(0);
    this.status = new Uint8Array(0);
    this.seenMs = new Float64Array(0);
    this.version += 1;
  }

  /** The roster and what follows from events: names, kinds, status; a place if none is known yet. */
  takeUnits(units: Iterable<Unit>): void {
    for (const unit of units) {
      if (this.held[unit.index] === unit) continue; /* one changes, 20,000 stay */
      this.reserve(unit.index + 1);
      this.held[unit.index] = unit;
      this.codes[unit.index] = unit.code;
      this.kind[unit.index] = unit.kind;
      this.indexes.set(unit.code, unit.index);
      this.status[unit.index] = STATUS_CODE.get(unit.status) ?? 0;
      if (unit.lat !== null && unit.lon !== null && Number.isNaN(this.x[unit.index])) {
        this.place(unit.index, unit.lon, unit.lat);
        this.seenMs[unit.index] = unit.fix_ms ?? Number.NaN;
      }
    }
    this.version += 1;
  }

  takeFrame(frame: PositionFrame): void {
    for (let i = 0; i < frame.count; i++) {
      const index = frame.index[i]!;
      if (index > 1_000_000) continue;
      this.reserve(index + 1);
      this.place(index, frame.lon[i]!, frame.lat[i]!);
      this.heading[index] = frame.heading[i]!;
      this.speed[index] = frame.speed[i]!;
      this.status[index] = frame.status[i]!;
      const age = frame.age[i]!;
      this.seenMs[index] = age === POSITION_UNKNOWN ? 0 : frame.now_ms - age * 1000;
    }
    this.version += 1;
  }

  indexOf(code: string): number | null {
    return this.indexes.get(code) ?? null;
  }

  at(index: number): { lat: number; lon: number } | null {
    const x = this.x[index];
    const y = this.y[index];
    if (x === undefined || y === undefined || Number.isNaN(x)) return null;
    return { lon: x * 360 - 180, lat: (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI };
  }

  /** Seconds since the fix; null where there is none. */
  ageS(index: number, now_ms: number): number | null {
    const seen = this.seenMs[index];
    if (seen === undefined || Number.isNaN(seen)) return null;
    return seen === 0 ? 255 : Math.max(0, Math.floor((now_ms - seen) / 1000));
  }

  isStale(index: number, now_ms: number): boolean {
    const limit = STALE_S[this.kind[index] ?? 'post'];
    if (limit === Infinity) return false;
    const age = this.ageS(index, now_ms);
    return age === null || age > limit;
  }

  private place(index: number, lon: number, lat: number): void {
    this.x[index] = (lon + 180) / 360;
    this.y[index] = 0.5 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / (2 * Math.PI);
  }

  private reserve(size: number): void {
    if (size <= this.size) return;
    this.size = size;
    if (size <= this.x.length) return;
    const capacity = Math.max(64, size, this.x.length * 2);
    const grow = <T extends Float64Array | Uint8Array>(old: T, empty: T): T => {
      empty.set(old as never);
      return empty;
    };
    const floats = (): Float64Array<ArrayBuffer> => new Float64Array(capacity).fill(Number.NaN);
    this.x = grow(this.x, floats());
    this.y = grow(this.y, floats());
    this.seenMs = grow(this.seenMs, floats());
    this.heading = grow(this.heading, new Uint8Array(capacity));
    this.speed = grow(this.speed, new Uint8Array(capacity));
    this.status = grow(this.status, new Uint8Array(capacity));
  }
}
