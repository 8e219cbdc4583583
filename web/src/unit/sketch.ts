/* A line of places in a square, north above, its shape kept (pure). */

export const SKETCH = 200;
const MARGIN = 14;
const POINTS_MAX = 240;

export function outline(line: readonly (readonly [number, number])[]): [number, number][] {
  if (line.length === 0) return [];
  const lons = line.map(([lon]) => lon);
  const lats = line.map(([, lat]) => lat);
  const [w, e, s, n] = [Math.min(...lons), Math.max(...lons), Math.min(...lats), Math.max(...lats)];
  const squeeze = Math.cos((((s + n) / 2) * Math.PI) / 180);
  const span = Math.max((e - w) * squeeze, n - s, 1e-6);
  const scale = (SKETCH - 2 * MARGIN) / span;
  const step = Math.max(1, Math.ceil(line.length / POINTS_MAX));
  return line
    .filter((_, i) => i % step === 0 || i === line.length - 1)
    .map(([lon, lat]): [number, number] => [
      SKETCH / 2 + (lon - (w + e) / 2) * squeeze * scale,
      SKETCH / 2 - (lat - (s + n) / 2) * scale,
    ]);
}
