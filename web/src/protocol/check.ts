/* Small checkers for values that come off the wire. A checker throws Refused with the place (a JSON
 * pointer, RFC 6901); only decode.ts catches it. */

export class Refused extends Error {
  constructor(
    readonly pointer: string,
    readonly want: string,
  ) {
    super(`${pointer === '' ? '/' : pointer}: want ${want}`);
  }
}

export type Check<T> = (value: unknown, at: string) => T;
export type Of<C> = C extends Check<infer T> ? T : never;

export const str: Check<string> = (value, at) => {
  if (typeof value !== 'string') throw new Refused(at, 'a string');
  return value;
};

export const bool: Check<boolean> = (value, at) => {
  if (typeof value !== 'boolean') throw new Refused(at, 'true or false');
  return value;
};

export const num: Check<number> = (value, at) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Refused(at, 'a number');
  return value;
};

/** A whole number that a double holds exactly. */
export const int: Check<number> = (value, at) => {
  if (!Number.isSafeInteger(value)) throw new Refused(at, 'a whole number');
  return value as number;
};

export const count: Check<number> = (value, at) => {
  const n = int(value, at);
  if (n < 0) throw new Refused(at, 'a whole number, 0 or more');
  return n;
};

export const id: Check<number> = (value, at) => {
  const n = int(value, at);
  if (n < 1) throw new Refused(at, 'a positive whole number');
  return n;
};

export const between =
  (low: number, high: number): Check<number> =>
  (value, at) => {
    const n = num(value, at);
    if (n < low || n > high) throw new Refused(at, `${low}…${high}`);
    return n;
  };

export const lat = between(-90, 90);
export const lon = between(-180, 180);

export const oneOf = <const T extends readonly string[]>(values: T): Check<T[number]> => {
  const known = new Set<string>(values);
  return (value, at) => {
    if (typeof value !== 'string' || !known.has(value)) {
      throw new Refused(at, values.length < 12 ? values.join(' | ') : 'a known value');
    }
    return value as T[number];
  };
};

export const literal =
  <const T extends string | number | boolean>(want: T): Check<T> =>
  (value, at) => {
    if (value !== want) throw new Refused(at, JSON.stringify(want));
    return want;
  };

export const nullable =
  <T>(inner: Check<T>): Check<T | null> =>
  (value, at) =>
    value === null ? null : inner(value, at);

/** Absent and null mean the same: not known. */
export const maybe =
  <T>(inner: Check<T>): Check<T | null> =>
  (value, at) =>
    value === null || value === undefined ? null : inner(value, at);

export const otherwise =
  <T>(inner: Check<T>, fallback: T): Check<T> =>
  (value, at) =>
    value === undefined ? fallback : inner(value, at);

export const list =
  <T>(inner: Check<T>): Check<T[]> =>
  (value, at) => {
    if (!Array.isArray(value)) throw new Refused(at, 'a list');
    return value.map((item, index) => inner(item, `${at}/${index}`));
  };

export const record =
  <T>(inner: Check<T>): Check<Record<string, T>> =>
  (value, at) => {
    const out: Record<string, T> = {};
    for (const [key, item] of Object.entries(members(value, at))) {
      out[key] = inner(item, `${at}/${escapePointer(key)}`);
    }
    return out;
  };

type Shape = Record<string, Check<unknown>>;
type Shaped<S extends Shape> = { [K in keyof S]: Of<S[K]> };

/** An object with these members; others are ignored, as the protocol asks of a client. */
export const obj = <S extends Shape>(shape: S): Check<Shaped<S>> => {
  const entries = Object.entries(shape);
  return (value, at) => {
    const from = members(value, at);
    const out: Record<string, unknown> = {};
    for (const [key, check] of entries) {
      out[key] = check(from[key], `${at}/${escapePointer(key)}`);
    }
    return out as Shaped<S>;
  };
};

export function members(value: unknown, at: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Refused(at, 'an object');
  }
  return value as Record<string, unknown>;
}

function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
