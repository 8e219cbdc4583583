import { describe, expect, it } from 'vitest';
import { outlines } from '../src/console/map/reach.ts';

type Line = [number, number][];
const ring = (minutes: number, ...lines: Line[]) => ({ properties: { minutes }, geometry: { type: 'MultiLineString', coordinates: lines } });
const reach = (...features: ReturnType<typeof ring>[]) => ({ type: 'FeatureCollection', features });

function inside(at: [number, number], rings: [number, number][][]): boolean {
  let odd = false;
  for (const line of rings) {
    for (let i = 1; i < line.length; i++) {
      const [a, b] = [line[i - 1]!, line[i]!];
      if (a[1] > at[1] !== b[1] > at[1] && at[0] < a[0] + ((at[1] - a[1]) / (b[1] - a[1])) * (b[0] - a[0])) odd = !odd;
    }
  }
  return odd;
}

/** Crossing streets, within `m` metres of the middle. */
function streets(m: number): Line[] {
  const d = m / 111_195;
  return Array.from({ length: 9 }, (_, i) => -d + (i * d) / 4).flatMap((off): Line[] => {
    const half = Math.sqrt(Math.max(0, d * d - off * off));
    return [[[-half, off], [half, off]], [[off, -half], [off, half]]];
  });
}

describe('the lines round what is reached', () => {
  it('hold every road of their time, and those of the shorter times', () => {
    const [one, three, five] = outlines(reach(ring(5, ...streets(3000)), ring(1, ...streets(500)), ring(3, ...streets(1500))));
    expect([one!.minutes, three!.minutes, five!.minutes]).toEqual([1, 3, 5]);
    for (const line of streets(500)) for (const at of line) expect(inside(at, three!.rings)).toBe(true);
    for (const line of streets(1500)) for (const at of line) expect(inside(at, five!.rings)).toBe(true);
  });

  it('do not run far beside the roads', () => {
    const [only] = outlines(reach(ring(5, ...streets(3000))));
    expect(only!.rings).toHaveLength(1);
    for (const [lon, lat] of only!.rings[0]!) {
      const m = Math.hypot(lon, lat) * 111_195;
      expect(m).toBeLessThan(3000 + 200);
      expect(m).toBeGreaterThan(3000 * 0.7);
    }
  });

  it('are closed, and two towns have two', () => {
    const far = streets(600).map((line): Line => line.map(([lon, lat]) => [lon + 0.05, lat]));
    const [only] = outlines(reach(ring(3, ...streets(600), ...far)));
    expect(only!.rings).toHaveLength(2);
    for (const line of only!.rings) expect(line[0]).toEqual(line.at(-1));
  });

  it('leave out a lone dead end of a few metres and say nothing of nothing', () => {
    expect(outlines(reach(ring(1, [[0, 0], [0.00001, 0]])))[0]!.rings.length).toBeLessThanOrEqual(1);
    expect(outlines(reach())).toEqual([]);
    expect(outlines(reach(ring(1)))).toEqual([]);
  });

  it('keep metres round at 57° north', () => {
    const squeezed = streets(2000).map((line): Line => line.map(([lon, lat]) => [12 + lon / Math.cos((57.7 * Math.PI) / 180), 57.7 + lat]));
    const [only] = outlines(reach(ring(5, ...squeezed)));
    const ys = only!.rings[0]!.map(([, lat]) => (lat - 57.7) * 111_195);
    const xs = only!.rings[0]!.map(([lon]) => (lon - 12) * 111_195 * Math.cos((57.7 * Math.PI) / 180));
    expect(Math.abs(Math.max(...ys) - Math.max(...xs))).toBeLessThan(60);
  });
});
