/* What the page reckons from the engine's counts. Pure. */

/** The share of the counted verdicts that were met. Null where nothing was counted. */
export function metShare(numbers: { met: number; missed: number; no_unit: number }): number | null {
  const all = judged(numbers);
  return all === 0 ? null : numbers.met / all;
}

export const judged = (numbers: { met: number; missed: number; no_unit: number }): number =>
  numbers.met + numbers.missed + numbers.no_unit;

/** Fewer than this say little: such a line is marked and ranked after the others. */
export const FEW = 10;

/** 95 % interval of a share (Wilson): where the true rate may lie, given so few cases. */
export function wilson(met: number, all: number): [number, number] | null {
  if (all === 0) return null;
  const z = 1.959964;
  const p = met / all;
  const middle = p + (z * z) / (2 * all);
  const half = z * Math.sqrt((p * (1 - p)) / all + (z * z) / (4 * all * all));
  const scale = 1 + (z * z) / all;
  return [Math.max(0, (middle - half) / scale), Math.min(1, (middle + half) / scale)];
}

/** Cut, not rounded: 99.96 % is not 100 %. */
export const percent = (share: number): string => `${(Math.floor(share * 1000 + 1e-9) / 10).toFixed(1)} %`;

/** A share of what went wrong: rounded, but some are not none and not all. */
export function lateShare(late: number, all: number): string {
  const tenths = Math.round((late / all) * 1000);
  return `${((late === 0 || late === all ? tenths : Math.min(999, Math.max(1, tenths))) / 10).toFixed(1)} %`;
}

/** The same in points, with a sign: how much it differs. */
export function points(now: number, then: number): string {
  const tenths = Math.round((now - then) * 1000) / 10;
  return `${tenths > 0 ? '+' : tenths < 0 ? '−' : '±'}${Math.abs(tenths).toFixed(1)}`;
}

/** Bins that have something, and those before: the tail of nothing is not drawn. */
export function usedBins(bins: readonly number[], atLeast: number): number {
  let last = 0;
  bins.forEach((count, index) => {
    if (count > 0) last = index + 1;
  });
  return Math.min(bins.length, Math.max(last, atLeast));
}
