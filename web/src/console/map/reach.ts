/* From the roads within 1, 3 and 5 minutes to the lines round them (pure): roads are drawn into a raster,
 * the raster is blurred, and marching squares walks along the level. A lake inside is not cut out: what
 * matters is how far one gets. */

import type { Isochrone } from '../../protocol/http.ts';

export interface Outline {
  minutes: number;
  /** Closed, longitude and latitude. */
  rings: [number, number][][];
}

const CELL_M_MIN = 30;
const CELLS_MAX = 200; /* a side: 40,000 cells are walked in some milliseconds */
const MARGIN = 6; /* cells, so that the level closes inside the raster */
const BLUR = 2; /* cells, twice */
const LEVEL = 0.16; /* a lone road's line runs some two cells beside it */
const RING_AREA_MIN = 12; /* cells: smaller islands are one dead end */
const METRES_A_DEGREE = 111_195;

type Lines = readonly (readonly [number, number])[][];

export function outlines(reach: Isochrone): Outline[] {
  const rings = reach.features
    .map((feature) => ({ minutes: feature.properties.minutes, lines: linesOf(feature.geometry) }))
    .filter(({ lines }) => lines.length > 0)
    .sort((a, b) => a.minutes - b.minutes);
  const raster = rasterOf(rings.flatMap(({ lines }) => lines));
  if (!raster) return [];
  return rings.map(({ minutes, lines }) => {
    for (const line of lines) raster.draw(line); /* within 3 minutes is within 5, too */
    return { minutes, rings: raster.outline() };
  });
}

function linesOf(geometry: { type: string; coordinates: unknown }): Lines {
  return geometry.type === 'MultiLineString' && Array.isArray(geometry.coordinates) ? (geometry.coordinates as unknown as Lines) : [];
}

function rasterOf(lines: Lines): Raster | null {
  let [w, s, e, n] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const line of lines) {
    for (const [lon, lat] of line) {
      w = Math.min(w, lon);
      e = Math.max(e, lon);
      s = Math.min(s, lat);
      n = Math.max(n, lat);
    }
  }
  if (!Number.isFinite(w + s + e + n)) return null;
  const squeeze = Math.max(0.01, Math.cos((((s + n) / 2) * Math.PI) / 180));
  const cellM = Math.max(CELL_M_MIN, (Math.max((e - w) * squeeze, n - s) * METRES_A_DEGREE) / CELLS_MAX);
  const dLat = cellM / METRES_A_DEGREE;
  const dLon = dLat / squeeze;
  return new Raster(
    w - MARGIN * dLon, s - MARGIN * dLat, dLon, dLat,
    Math.ceil((e - w) / dLon) + 2 * MARGIN + 1, Math.ceil((n - s) / dLat) + 2 * MARGIN + 1,
  );
}

class Raster {
  private readonly cells: Uint8Array;

  constructor(
    private readonly west: number,
    private readonly south: number,
    private readonly dLon: number,
    private readonly dLat: number,
    private readonly width: number,
    private readonly height: number,
  ) {
    this.cells = new Uint8Array(width * height);
  }

  draw(line: readonly (readonly [number, number])[]): void {
    for (let i = 0; i < line.length; i++) {
      const [lonA, latA] = line[Math.max(0, i - 1)]!;
      const [lonB, latB] = line[i]!;
      const [xa, ya] = [(lonA - this.west) / this.dLon, (latA - this.south) / this.dLat];
      const [xb, yb] = [(lonB - this.west) / this.dLon, (latB - this.south) / this.dLat];
      const steps = Math.max(1, Math.ceil(Math.max(Math.abs(xb - xa), Math.abs(yb - ya)) * 2));
      for (let k = 0; k <= steps; k++) {
        const x = Math.round(xa + ((xb - xa) * k) / steps);
        const y = Math.round(ya + ((yb - ya) * k) / steps);
        this.cells[y * this.width + x] = 1;
      }
    }
  }

  outline(): [number, number][][] {
    const { width, height } = this;
    const field = blur(blur(Float32Array.from(this.cells), width, height), width, height);
    return walk(field, width, height)
      .filter((ring) => areaOf(ring) > RING_AREA_MIN)
      .map((ring) => ring.map(([x, y]): [number, number] => [this.west + x * this.dLon, this.south + y * this.dLat]));
  }
}

/** A box blur, one axis after the other. */
function blur(field: Float32Array, width: number, height: number): Float32Array {
  const along = (from: Float32Array, count: number, length: number, step: number, stride: number): Float32Array => {
    const to = new Float32Array(from.length);
    for (let line = 0; line < count; line++) {
      let sum = 0;
      for (let i = -BLUR; i < length + BLUR; i++) {
        if (i + BLUR < length) sum += from[line * stride + (i + BLUR) * step]!;
        if (i - BLUR - 1 >= 0) sum -= from[line * stride + (i - BLUR - 1) * step]!;
        if (i >= 0 && i < length) to[line * stride + i * step] = sum / (2 * BLUR + 1);
      }
    }
    return to;
  };
  return along(along(field, height, width, 1, width), width, height, width, 1);
}

/* Marching squares: from which edge of a cell to which the level runs, what is inside on its right.
 * Corners: 8 and 4 above, 1 and 2 below; a saddle keeps its corners apart. */
const TOP = 0;
const RIGHT = 1;
const BOTTOM = 2;
const LEFT = 3;
const STEPS: readonly (readonly [number, number])[][] = [
  [], [[LEFT, BOTTOM]], [[BOTTOM, RIGHT]], [[LEFT, RIGHT]], [[RIGHT, TOP]], [[LEFT, BOTTOM], [RIGHT, TOP]], [[BOTTOM, TOP]], [[LEFT, TOP]],
  [[TOP, LEFT]], [[TOP, BOTTOM]], [[TOP, LEFT], [BOTTOM, RIGHT]], [[TOP, RIGHT]], [[RIGHT, LEFT]], [[RIGHT, BOTTOM]], [[BOTTOM, LEFT]], [],
];

function walk(field: Float32Array, width: number, height: number): [number, number][][] {
  const next = new Map<number, number>();
  const edge = (x: number, y: number, side: number): number =>
    side === TOP ? 2 * (y * width + x) : side === BOTTOM ? 2 * ((y + 1) * width + x)
      : side === LEFT ? 2 * (y * width + x) + 1 : 2 * (y * width + x + 1) + 1;
  for (let y = 0; y < height - 1; y++) {
    for (let x = 0; x < width - 1; x++) {
      const at = y * width + x;
      const kind = (field[at]! > LEVEL ? 8 : 0) + (field[at + 1]! > LEVEL ? 4 : 0) +
        (field[at + width + 1]! > LEVEL ? 2 : 0) + (field[at + width]! > LEVEL ? 1 : 0);
      for (const [from, to] of STEPS[kind]!) next.set(edge(x, y, from), edge(x, y, to));
    }
  }
  const point = (id: number): [number, number] => {
    const cell = id >> 1;
    const [x, y] = [cell % width, Math.floor(cell / width)];
    const a = field[cell]!;
    const b = field[id & 1 ? cell + width : cell + 1]!;
    const t = (LEVEL - a) / (b - a);
    return id & 1 ? [x, y + t] : [x + t, y];
  };
  const rings: [number, number][][] = [];
  for (const first of next.keys()) {
    const ring: [number, number][] = [];
    for (let id: number | undefined = first; id !== undefined && next.has(id);) {
      ring.push(point(id));
      const then: number = next.get(id)!;
      next.delete(id);
      id = then;
    }
    if (ring.length > 2) rings.push([...ring, ring[0]!]);
  }
  return rings;
}

/** Positive for the outer side of what is inside, negative for a hole. */
function areaOf(ring: readonly [number, number][]): number {
  let twice = 0;
  for (let i = 1; i < ring.length; i++) {
    const [xa, ya] = ring[i - 1]!;
    const [xb, yb] = ring[i]!;
    twice += xa * yb - xb * ya;
  }
  return twice / 2;
}
