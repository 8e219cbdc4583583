/* The form of a closure and what it says to the engine (pure). */

import type { Key } from './words.ts';

export type Place = readonly [lon: number, lat: number];
export const ROAD_POINTS_MAX = 64;
export const ROAD_PROFILES = ['car', 'motorcycle', 'foot'] as const;
export type RoadProfile = (typeof ROAD_PROFILES)[number];
const CODE = /^[A-Za-z0-9_.-]{1,15}$/;
const MINUTES_MAX = 7 * 24 * 60;
const KMH_MAX = 200;
const METRES_A_DEGREE = 111_195;

export interface Drawing {
  line: readonly Place[];
  code: string;
  /** Empty: closed. */
  kmh: string;
  along: boolean;
  profiles: readonly RoadProfile[];
  /** Empty: until it is lifted. */
  minutes: string;
  note: string;
}

export interface RoadBody {
  code: string;
  line: readonly Place[];
  speed_kmh: number;
  direction: 'both' | 'along';
  profiles: readonly RoadProfile[];
  until_ms?: number;
  note?: string;
}

/** RC1, RC2 …: the first that nobody uses. */
export function freeCode(taken: Iterable<string>): string {
  const used = new Set(taken);
  let n = 1;
  while (used.has(`RC${n}`)) n += 1;
  return `RC${n}`;
}

export const newDrawing = (taken: Iterable<string>): Drawing => ({
  line: [], code: freeCode(taken), kmh: '', along: false, profiles: ['car', 'motorcycle'], minutes: '', note: '',
});

export function withPoint(drawing: Drawing, at: { lat: number; lon: number }): Drawing {
  if (drawing.line.length >= ROAD_POINTS_MAX) return drawing;
  const round = (degrees: number): number => Math.round(degrees * 1e7) / 1e7;
  return { ...drawing, line: [...drawing.line, [round(at.lon), round(at.lat)]] };
}

export function lengthM(line: readonly Place[]): number {
  let sum = 0;
  for (let i = 1; i < line.length; i++) {
    const [lonA, latA] = line[i - 1]!;
    const [lonB, latB] = line[i]!;
    const squeeze = Math.cos((((latA + latB) / 2) * Math.PI) / 180);
    sum += Math.hypot((lonB - lonA) * squeeze, latB - latA) * METRES_A_DEGREE;
  }
  return Math.round(sum);
}

const whole = (text: string, most: number): number | null => {
  const n = /^\d{1,5}$/.test(text.trim()) ? Number(text) : 0;
  return n >= 1 && n <= most ? n : null;
};

/** What is sent, or what is still wrong with it. */
export function bodyOf(drawing: Drawing, now_ms: number): { ok: true; body: RoadBody } | { ok: false; why: Key } {
  const code = drawing.code.trim();
  if (drawing.line.length === 0) return { ok: false, why: 'road.need_line' };
  if (!CODE.test(code)) return { ok: false, why: 'road.bad_code' };
  if (drawing.profiles.length === 0) return { ok: false, why: 'road.need_profile' };
  const kmh = drawing.kmh.trim() === '' ? 0 : whole(drawing.kmh, KMH_MAX);
  if (kmh === null) return { ok: false, why: 'road.bad_speed' };
  const minutes = drawing.minutes.trim() === '' ? 0 : whole(drawing.minutes, MINUTES_MAX);
  if (minutes === null) return { ok: false, why: 'road.bad_minutes' };
  const note = drawing.note.trim();
  return {
    ok: true,
    body: {
      code, line: drawing.line, speed_kmh: kmh, direction: drawing.along ? 'along' : 'both', profiles: drawing.profiles,
      ...(minutes > 0 ? { until_ms: Math.round(now_ms) + minutes * 60_000 } : {}),
      ...(note === '' ? {} : { note }),
    },
  };
}
