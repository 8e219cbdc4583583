/* The examples that the engine's decoder and encoder are tested against, too (tests/vectors). */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { list, obj, type Check } from '../src/protocol/check.ts';
import { decode, decodeMessage, problem } from '../src/protocol/frames.ts';
import * as api from '../src/protocol/http.ts';
import * as o from '../src/protocol/objects.ts';
import { decodePositions, POSITION_UNKNOWN } from '../src/protocol/positions.ts';
import { checkpoints } from '../src/protocol/patrol.ts';
import { plans } from '../src/protocol/plans.ts';
import { UNIT_STATUSES } from '../src/protocol/values.ts';

function load<T>(name: string): T | null {
  const path = join(import.meta.dirname, '../../tests/vectors', name);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T) : null;
}

interface Messages {
  messages: { name: string; via: 'ws' | 'http'; json: unknown }[];
  bad_messages: { name: string; text: string }[];
  ignored_messages: { name: string; text: string }[];
}
interface Positions {
  frames: {
    name: string;
    hex: string;
    now_ms: number;
    units: {
      index: number; lat_e7: number; lon_e7: number; heading_deg: number | null; speed_kmh: number | null; status: string; age_s: number | null;
    }[];
  }[];
  bad_frames: { name: string; hex: string }[];
}

const messages = load<Messages>('messages.json');
const positions = load<Positions>('positions.json');
if (!messages || !positions) console.warn('SKIPPED: tests/vectors is not beside this package');

/** Everything the decoder hands on is what the message said; null where it said nothing. */
function expectWithin(got: unknown, said: unknown, at: string): void {
  if (Array.isArray(got)) {
    expect(Array.isArray(said) ? said.length : 0, at).toBe(got.length);
    got.forEach((item, i) => expectWithin(item, (said as unknown[])[i], `${at}/${i}`));
  } else if (typeof got === 'object' && got !== null) {
    for (const [key, value] of Object.entries(got)) {
      const part = (said as Record<string, unknown>)[key];
      if (part === undefined || part === null || part === '') {
        expect([null, false, undefined, ''].includes(value as null) || (Array.isArray(value) && value.length === 0), `${at}/${key}`).toBe(true);
      } else {
        expectWithin(value, part, `${at}/${key}`);
      }
    }
  } else {
    expect(got, at).toBe(said);
  }
}

const HTTP: [RegExp, Check<unknown>][] = [
  [/problem/, problem],
  [/login/, api.login],
  [/\/v1\/me/, api.me],
  [/\/v1\/setup/, obj({ user: o.user })],
  [/\/v1\/incidents/, obj({ incidents: list(o.incidentOrEnded) })],
  [/\/v1\/units/, obj({ units: list(o.unit) })],
  [/\/v1\/districts/, obj({ districts: list(o.district) })],
  [/\/v1\/areas/, api.areas],
  [/\/v1\/checkpoints/, checkpoints],
  [/\/v1\/plans/, plans],
  [/\/v1\/map/, api.map],
  [/\/v1\/streets/, api.streets],
  [/\/v1\/roster/, api.roster],
  [/\/v1\/devices/, api.devices],
  [/\/v1\/(reports|commands)/, api.anything],
];

describe.skipIf(!messages)('the shared messages', () => {
  it.each(messages?.messages.filter((item) => item.via === 'ws') ?? [])('$name', ({ json, name }) => {
    const decoded = decodeMessage(JSON.stringify(json));
    if (!decoded.ok) throw new Error(`${decoded.pointer}: want ${decoded.want}`);
    const { t, ...rest } = decoded.value as { t: string } & Record<string, unknown>;
    expectWithin(rest, json, name);
    expect(t === 'answer' || t === 'refusal' || t === (json as { t: string }).t).toBe(true);
  });

  it.each(messages?.messages.filter((item) => item.via === 'http') ?? [])('$name', ({ json, name }) => {
    const check = HTTP.find(([pattern]) => pattern.test(name))?.[1];
    if (!check) throw new Error(`no checker for "${name}"`);
    const decoded = decode(check, json);
    if (!decoded.ok) throw new Error(`${decoded.pointer}: want ${decoded.want}`);
    expectWithin(decoded.value, json, name);
  });

  it.each(messages?.bad_messages ?? [])('refuses $name', ({ text }) => {
    expect(decodeMessage(text).ok).toBe(false);
  });

  it.each(messages?.ignored_messages ?? [])('takes $name without harm', ({ text }) => {
    const decoded = decodeMessage(text);
    expect(decoded.ok).toBe(true);
    expect(JSON.stringify(decoded)).not.toContain('tomorrow');
  });
});

const bytesOf = (hex: string): ArrayBuffer => new Uint8Array(hex.match(/../g)?.map((pair) => Number.parseInt(pair, 16)) ?? []).buffer;

describe.skipIf(!positions)('the shared position frames', () => {
  it.each(positions?.frames ?? [])('$name', ({ hex, now_ms, units }) => {
    const frame = decodePositions(bytesOf(hex));
    expect(frame?.now_ms).toBe(now_ms);
    expect(frame?.count).toBe(units.length);
    units.forEach((unit, i) => {
      expect(frame?.index[i]).toBe(unit.index);
      expect(Math.round((frame?.lat[i] ?? 0) * 1e7)).toBe(unit.lat_e7);
      expect(Math.round((frame?.lon[i] ?? 0) * 1e7)).toBe(unit.lon_e7);
      expect(frame?.heading[i]).toBe(unit.heading_deg === null ? POSITION_UNKNOWN : Math.floor(unit.heading_deg / 2));
      expect(frame?.speed[i]).toBe(unit.speed_kmh ?? 255);
      expect(UNIT_STATUSES[frame?.status[i] ?? 0]).toBe(unit.status);
      expect(frame?.age[i]).toBe(unit.age_s ?? POSITION_UNKNOWN);
    });
  });

  it.each(positions?.bad_frames ?? [])('refuses $name', ({ hex }) => {
    expect(decodePositions(bytesOf(hex))).toBeNull();
  });
});
