/* How long to wait before the n-th try in a row: full jitter between 0.25 s and a bound that doubles
 * from 0.5 s to 10 s, so that a hall of consoles does not come back in one stampede. */

export const BACKOFF_MS_MIN = 250;
export const BACKOFF_MS_MAX = 10_000;

export function backoffMs(tries: number, random: () => number): number {
  const bound = Math.min(BACKOFF_MS_MAX, 500 * 2 ** Math.min(Math.max(tries, 0), 16));
  return BACKOFF_MS_MIN + random() * (bound - BACKOFF_MS_MIN);
}
