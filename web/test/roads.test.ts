import { describe, expect, it } from 'vitest';
import { bodyOf, freeCode, lengthM, newDrawing, ROAD_POINTS_MAX, withPoint, type Drawing } from '../src/console/roads.ts';
import { dueRoute, ROUTES_MAX, type HeldRoute, type RouteWish } from '../src/console/route_plan.ts';
import { closureFeatures, drawingFeatures, routeFeatures } from '../src/console/map/ways.ts';
import { metres } from '../src/ui/format.ts';

const drawn = (change: Partial<Drawing> = {}): Drawing => ({ ...newDrawing([]), line: [[11.97, 57.7], [11.98, 57.7]], ...change });

describe('a closure being drawn', () => {
  it('gets a code that nobody uses', () => {
    expect(freeCode([])).toBe('RC1');
    expect(freeCode(['RC2', 'RC1', 'X'])).toBe('RC3');
  });

  it('takes 64 points and not one more, to a ten-millionth of a degree', () => {
    let held = newDrawing([]);
    for (let i = 0; i < ROAD_POINTS_MAX + 5; i++) held = withPoint(held, { lat: 57.123456789, lon: 11 + i / 1000 });
    expect(held.line.length).toBe(ROAD_POINTS_MAX);
    expect(held.line[0]).toEqual([11, 57.1234568]);
  });

  it('is as long as it lies on the ground', () => {
    expect(lengthM([[0, 0], [0, 0.01]])).toBe(1112);
    expect(lengthM([[11.97, 60], [11.98, 60]])).toBe(556);
    expect(lengthM([[1, 1]])).toBe(0);
  });

  it('is sent with no more than was said', () => {
    expect(bodyOf(drawn(), 1000)).toEqual({
      ok: true, body: { code: 'RC1', line: [[11.97, 57.7], [11.98, 57.7]], speed_kmh: 0, direction: 'both', profiles: ['car', 'motorcycle'] },
    });
    const whole = bodyOf(drawn({ kmh: '30', along: true, minutes: '90', note: ' 管道抢修 ', profiles: ['foot'] }), 1000.4);
    expect(whole).toMatchObject({ ok: true, body: { speed_kmh: 30, direction: 'along', until_ms: 5_401_000, note: '管道抢修', profiles: ['foot'] } });
  });

  it('says what is still wrong', () => {
    const why = (change: Partial<Drawing>): string => {
      const made = bodyOf(drawn(change), 0);
      return made.ok ? '' : made.why;
    };
    expect(why({ line: [] })).toBe('road.need_line');
    for (const code of ['', 'A B', '封路', 'A'.repeat(16)]) expect(why({ code }), code).toBe('road.bad_code');
    expect(why({ profiles: [] })).toBe('road.need_profile');
    for (const kmh of ['0', '201', '-3', '5.5', 'x']) expect(why({ kmh }), kmh).toBe('road.bad_speed');
    for (const minutes of ['0', '10081', '1.5', 'soon']) expect(why({ minutes }), minutes).toBe('road.bad_minutes');
  });
});

describe('the ways of ordered units', () => {
  const wish = (unit: string): RouteWish => ({ unit, incident: 7, to: '57.7,11.97' });
  const held = (unit: string, more: Partial<HeldRoute> = {}): [string, HeldRoute] => [
    unit, { ...wish(unit), from: { lat: 57.7, lon: 11.97 }, askedAt: 0, version: 3, line: [[11.97, 57.7], [11.98, 57.7]], travel_ms: 60_000, distance_m: 600, ...more },
  ];
  const still = (): { lat: number; lon: number } => ({ lat: 57.7, lon: 11.97 });

  it('are asked for once, then again only after a move or a change of the roads', () => {
    const due = (map: ReadonlyMap<string, HeldRoute>, at = still as (unit: string) => { lat: number; lon: number } | null, version = 3, now = 60_000): string | null =>
      dueRoute([wish('A'), wish('B')], map, at, version, now, metres)?.unit ?? null;
    expect(due(new Map())).toBe('A');
    expect(due(new Map([held('A')]))).toBe('B');
    const both = new Map([held('A'), held('B')]);
    expect(due(both)).toBeNull();
    expect(due(both, still, 4)).toBe('A');
    expect(due(both, (unit) => (unit === 'B' ? { lat: 57.701, lon: 11.97 } : still()))).toBe('B');
    expect(due(both, (unit) => (unit === 'B' ? { lat: 57.70001, lon: 11.97 } : still())), 'a metre is no move').toBeNull();
  });

  it('are not asked for more often than every three seconds, and the oldest first', () => {
    const both = new Map([held('A', { version: -1, askedAt: 5_000 }), held('B', { version: -1, askedAt: 4_000 })]);
    expect(dueRoute([wish('A'), wish('B')], both, still, 3, 6_000, metres)).toBeNull();
    expect(dueRoute([wish('A'), wish('B')], both, still, 3, 9_000, metres)?.unit).toBe('B');
  });

  it('are so many and no more', () => {
    const wishes = Array.from({ length: ROUTES_MAX + 3 }, (_, i) => wish(`U${i}`));
    const all = new Map(wishes.slice(0, ROUTES_MAX).map(({ unit }) => held(unit)));
    expect(dueRoute(wishes, all, still, 3, 60_000, metres)).toBeNull();
  });

  it('are drawn where there is one, and a closure as the point or the line that it is', () => {
    const routes = [held('A')[1], held('B', { line: null })[1]];
    expect(routeFeatures(routes, ({ unit }) => unit).features).toEqual([
      { type: 'Feature', properties: { label: 'A' }, geometry: { type: 'LineString', coordinates: [[11.97, 57.7], [11.98, 57.7]] } },
    ]);
    const closure = { code: 'RC1', line: [[1, 2]] as [number, number][], speed_kmh: 0, direction: 'both' as const, profiles: ['car'], until_ms: null, note: null, by: null, since_ms: null, edges: 1 };
    expect(closureFeatures([closure], () => 'x').features).toMatchObject([{ properties: { closed: true }, geometry: { type: 'Point', coordinates: [1, 2] } }]);
    expect(drawingFeatures([[1, 2]]).features.length).toBe(1);
    expect(drawingFeatures([[1, 2], [3, 4]]).features.length).toBe(3);
  });
});
