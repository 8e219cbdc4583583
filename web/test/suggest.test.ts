import { describe, expect, it } from 'vitest';
import { parse } from '../src/console/command.ts';
import { GRAMMAR, suggest, SUGGESTIONS_MAX, type World } from '../src/console/suggest.ts';
import type { UnitStatus } from '../src/protocol/values.ts';

const unit = (code: string, status: UnitStatus = 'available', name = `岗 ${code}`) => ({ code, name, status });
const incident = (incident_id: number, priority = 2, state = 'dispatched') => ({ incident_id, priority, type: 'fire' as const, address: `路 ${incident_id}`, state });
const world = (more: Partial<World> = {}): World => ({
  units: [unit('P1'), unit('P12', 'en_route'), unit('P14'), unit('M3', 'available', '江滨摩托')],
  incidents: [incident(1042), incident(1003, 1, 'pending'), incident(77, 3), incident(42, 1, 'closed')],
  offers: [{ number: 1, unit: 'P14', tier: '1', travel_ms: 20_000, free: true }, { number: 2, unit: 'P12', tier: '1', travel_ms: 30_000, free: false }],
  selected: null,
  word: (group, code) => ({ out_of_service: '停用', fire: '火警' })[code] ?? `${group}.${code}`,
  help: (key) => key,
  duration: (ms) => `${ms}`,
  ...more,
});
const texts = (text: string, more?: Partial<World>): string[] => suggest(text, world(more)).map((item) => item.text);

describe('a half-typed line', () => {
  it('is given the verbs that begin so, in both languages', () => {
    expect(texts('x')).toEqual(['x ', 'xx ']);
    expect(texts('派')).toEqual(['派 ']);
    expect(texts('')).toEqual([]);
    expect(texts('zz')).toEqual([]);
  });

  it('is given incidents that wait first, then the urgent, never the ended', () => {
    expect(texts('d ').slice(0, 3)).toEqual(['d #1003 ', 'd #1042 ', 'd #77 ']);
    expect(texts('x 10')).toEqual(['x #1003 ', 'x #1042 ']);
    expect(texts('x 42')).toEqual(['x #1042 ']);
  });

  it('is given the selected incident’s recommendations that are free', () => {
    expect(texts('d . ', { selected: 1042 })).toEqual(['d . 1 ']);
    expect(texts('d ', { selected: 1042 })[0]).toBe('d #1042 ');
    expect(texts('d #77 ', { selected: 1042 })).toEqual([]);
  });

  it('is given units by code or name, the free ones first, none twice', () => {
    expect(texts('d 1042 p1')).toEqual(['d 1042 P1 ', 'd 1042 P14 ', 'd 1042 P12 ']);
    expect(texts('d 1042 P1 p1')).toEqual(['d 1042 P1 P14 ', 'd 1042 P1 P12 ']);
    expect(texts('en 江滨')).toEqual(['en M3 ']);
    expect(texts('ｄ　１０４２　ｐ１４')).toEqual(['d 1042 P14 ']);
  });

  it('is given states, reasons, types and priorities where the verb takes them', () => {
    expect(texts('s P1 O')).toEqual(['s P1 OFF ', 's P1 OOS ', 's P1 OS ']);
    expect(texts('s P1 停')).toEqual(['s P1 OOS ']);
    expect(texts('x 1042 f')).toEqual(['x 1042 FALSE ']);
    expect(texts('n 火')).toEqual(['n fire ']);
    expect(texts('p 1042 ')).toEqual(['p 1042 1 ', 'p 1042 2 ', 'p 1042 3 ', 'p 1042 4 ']);
  });

  it('never has more than fits', () => {
    const units = Array.from({ length: 500 }, (_, i) => unit(`P${i}`));
    expect(texts('d 1042 P', { units })).toHaveLength(SUGGESTIONS_MAX);
  });

  it('is answered well within 50 ms among 20,000 units', () => {
    const units = Array.from({ length: 20_000 }, (_, i) => unit(`P${i}`, i % 7 === 0 ? 'available' : 'en_route'));
    const times = Array.from({ length: 9 }, () => {
      const began = performance.now();
      expect(texts('d 1042 P199', { units })[0]).toBe('d 1042 P199 ');
      return performance.now() - began;
    }).sort((a, b) => a - b);
    expect(times[0]).toBeLessThan(50); /* the fastest: what it costs, not what the machine does besides */
  });
});

describe('the grammar', () => {
  it('is what the parser knows: no verb of the help is a stranger', () => {
    for (const { words } of GRAMMAR) {
      for (const name of words) {
        const parsed = parse(`${name} `);
        expect(parsed.ok ? '' : parsed.key, name).not.toBe('cmd.unknown_verb');
      }
    }
  });

  it('is taken as it is offered: a chain of first suggestions parses', () => {
    let line = 'd';
    for (let i = 0; i < 2; i++) line = suggest(line, world({ selected: 1042 }))[0]!.text;
    line = suggest(`${line}`, world({ selected: 1042 }))[0]!.text;
    expect(parse(line).ok, line).toBe(true);
  });
});
