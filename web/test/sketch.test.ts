import { describe, expect, it } from 'vitest';
import { outline, SKETCH } from '../src/unit/sketch.ts';

describe('the sketch of a way', () => {
  it('lies inside its square, north above, its shape kept', () => {
    const line = outline([[12, 57.7], [12, 57.71], [12.01, 57.71]]);
    for (const [x, y] of line) {
      expect(x).toBeGreaterThanOrEqual(13.9);
      expect(x).toBeLessThanOrEqual(SKETCH - 13.9);
      expect(y).toBeGreaterThanOrEqual(13.9);
      expect(y).toBeLessThanOrEqual(SKETCH - 13.9);
    }
    expect(line[1]![1]).toBeLessThan(line[0]![1]);
    expect(line[2]![0]).toBeGreaterThan(line[1]![0]);
    const north = line[0]![1] - line[1]![1];
    const east = line[2]![0] - line[1]![0];
    expect(east / north).toBeCloseTo(Math.cos((57.705 * Math.PI) / 180), 6);
  });

  it('keeps the ends of a long way, and stands for a way of no length', () => {
    const long = Array.from({ length: 5000 }, (_, i): [number, number] => [12 + i * 1e-5, 57.7]);
    const line = outline(long);
    expect(line.length).toBeLessThan(300);
    expect(line.at(-1)![0]).toBeCloseTo(SKETCH - 14, 6);
    expect(outline([[12, 57.7]])).toEqual([[SKETCH / 2, SKETCH / 2]]);
    expect(outline([])).toEqual([]);
  });
});
