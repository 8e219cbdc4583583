import { describe, expect, it } from 'vitest';
import { normalise, parse, type Line, type Parsed } from '../src/console/command.ts';

const line = (text: string): Line => {
  const parsed = parse(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.key} ${JSON.stringify(parsed.values)}`);
  return parsed.line;
};
const key = (text: string): string => {
  const parsed: Parsed = parse(text);
  return parsed.ok ? 'ok' : parsed.key;
};
const id = (n: number, exact = false): object => ({ by: 'id', id: n, exact });
const code = (text: string): object => ({ by: 'code', code: text });
const selected = { by: 'selected' };

describe('an order', () => {
  it('is the same in any order, with any separator, in either width', () => {
    const want = { verb: 'order', incident: id(1042), units: [code('P12')] };
    for (const text of ['d 1042 P12', 'd P12 1042', 'D.P12.1042', 'd，1042、P12', 'ｄ　１０４２　Ｐ１２', '派 1042 P12', '派1042 P12', 'd1042 P12']) {
      expect(line(text), text).toEqual(want);
    }
  });

  it('takes several units, ranges, the best n and recommendations by number', () => {
    expect(line('d 1042 P12 P14-16')).toMatchObject({
      units: [code('P12'), { by: 'range', prefix: 'P', from: 14, to: 16 }],
    });
    expect(line('d 1042 *2')).toMatchObject({ incident: id(1042), units: [{ by: 'best', count: 2 }] });
    expect(line('d . 1')).toEqual({ verb: 'order', incident: selected, units: [{ by: 'number', number: 1 }] });
    expect(line('d 3')).toEqual({ verb: 'order', incident: selected, units: [{ by: 'number', number: 3 }] });
    expect(line('d 1042 1 3')).toMatchObject({ incident: id(1042), units: [{ number: 1 }, { number: 3 }] });
  });

  it('takes a young engine’s short incident numbers', () => {
    expect(line('d 5 P12')).toMatchObject({ incident: id(5), units: [code('P12')] });
    expect(line('d 5 2')).toMatchObject({ incident: id(5), units: [{ by: 'number', number: 2 }] });
    expect(line('d #5 2')).toMatchObject({ incident: id(5, true), units: [{ by: 'number', number: 2 }] });
    expect(line('d . P12 2')).toMatchObject({ incident: selected, units: [code('P12'), { by: 'number', number: 2 }] });
  });

  it('uses the selected incident when none is named', () => {
    expect(line('d P12')).toEqual({ verb: 'order', incident: selected, units: [code('P12')] });
  });

  it('says what it lacks or cannot read', () => {
    expect(key('d 1042')).toBe('cmd.need_unit');
    expect(key('d')).toBe('cmd.need_unit');
    expect(key('d 1042 ?!')).toBe('cmd.unknown_word');
    expect(key('d . 0')).toBe('cmd.unknown_word');
  });

  it('keeps codes as the roster writes them', () => {
    expect(line('d 1042 GBG-Post-7')).toMatchObject({ units: [{ by: 'code', code: 'GBG-Post-7' }] });
    expect(line('d 1042 石岐12')).toMatchObject({ units: [code('石岐12')] });
  });
});

describe('the other verbs', () => {
  it('put an alarm off, for five minutes unless said and never more than fifteen', () => {
    const shelve = { verb: 'shelve', incident: null, minutes: 5, reason: 'can_wait', note: '' };
    expect(line('sh')).toEqual(shelve);
    expect(line('搁 10')).toEqual({ ...shelve, minutes: 10 });
    expect(line('sh 10m 重复 同一来电')).toEqual({ ...shelve, minutes: 10, reason: 'duplicate', note: '同一来电' });
    expect(line('sh 1060 5m later')).toEqual({ ...shelve, incident: id(1060), note: 'later' });
    expect(line('sh #7')).toEqual({ ...shelve, incident: id(7, true) });
    expect(line('sh . 15')).toEqual({ ...shelve, incident: selected, minutes: 15 });
    expect(key('sh 16')).toBe('cmd.shelve_minutes');
    expect(key('sh 1060 0')).toBe('cmd.shelve_minutes');
  });

  it('close roads and open them again', () => {
    expect(line('rd')).toEqual({ verb: 'draw_road', incident: null });
    expect(line('封 1042')).toEqual({ verb: 'draw_road', incident: id(1042) });
    expect(line('rd .')).toEqual({ verb: 'draw_road', incident: selected });
    expect(line('lf rc1')).toEqual({ verb: 'lift_road', code: 'rc1' });
    expect(line('解 RC-1.a')).toEqual({ verb: 'lift_road', code: 'RC-1.a' });
    expect(key('rd there')).toBe('cmd.unknown_word');
    expect(key('lf')).toBe('cmd.need_text');
    expect(key('lf RC1 RC2')).toBe('cmd.need_text');
  });

  it('states on behalf', () => {
    expect(line('en P12')).toEqual({ verb: 'state', units: [code('P12')], state: 'en_route' });
    expect(line('到 P12 P13')).toMatchObject({ state: 'on_scene', units: [code('P12'), code('P13')] });
    expect(line('s P12 oos')).toMatchObject({ state: 'out_of_service' });
    expect(line('状 P12 在岗')).toMatchObject({ state: 'on' });
    expect(key('s P12')).toBe('cmd.need_state');
    expect(key('en')).toBe('cmd.need_unit');
  });

  it('ends an incident with a reason, or the usual one', () => {
    expect(line('x 1042 误报 电话确认')).toEqual({ verb: 'close', incident: id(1042), reason: 'false_report', note: '电话确认' });
    expect(line('x')).toEqual({ verb: 'close', incident: selected, reason: 'resolved', note: '' });
    expect(line('xx 1042')).toMatchObject({ verb: 'cancel', reason: 'false_report' });
    expect(line('x . dup')).toMatchObject({ reason: 'duplicate' });
  });

  it('notes, finds, recommends, changes the priority, recalls, acknowledges', () => {
    expect(line('nt 1042 嫌疑人 向北')).toEqual({ verb: 'note', incident: id(1042), text: '嫌疑人 向北' });
    expect(line('nt 向北')).toEqual({ verb: 'note', incident: selected, text: '向北' });
    expect(key('nt 1042')).toBe('cmd.need_text');
    expect(line('f 中山路 88号')).toEqual({ verb: 'find', text: '中山路 88号' });
    expect(line('r 1042')).toEqual({ verb: 'recommend', incident: id(1042) });
    expect(line('p 1042 1')).toEqual({ verb: 'priority', incident: id(1042), priority: 1 });
    expect(line('p 2')).toEqual({ verb: 'priority', incident: selected, priority: 2 });
    expect(key('p 1042 7')).toBe('cmd.unknown_word');
    expect(line('rc P12')).toEqual({ verb: 'recall', units: [code('P12')] });
    expect(line('a')).toEqual({ verb: 'ack' });
    expect(line('?')).toEqual({ verb: 'help' });
  });

  it('opens a report with what is known', () => {
    expect(line('n 火警 1 中山路88号')).toEqual({ verb: 'new', type: 'fire', priority: 1, street: '中山路88号' });
    expect(line('n medical Vasagatan 3')).toEqual({ verb: 'new', type: 'medical', priority: null, street: 'Vasagatan 3' });
    expect(line('n')).toEqual({ verb: 'new', type: null, priority: null, street: '' });
  });

  it('refuses a verb it does not know, by name', () => {
    expect(parse('zz 1042')).toEqual({ ok: false, key: 'cmd.unknown_verb', values: { word: 'zz' } });
  });
});

describe('20,000 random lines', () => {
  it('never throw', () => {
    const seed = 7_042;
    let state = seed;
    const next = (bound: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * bound);
    };
    const parts = ['d', 'D.', '派', 'x', 'nt', 's', '.', '..', '#', '#12', '*', '*3', 'P12', 'P9-2', '-', '１２', '　', '，', '\u0000', '𝒹', '9'.repeat(30), ' ', '\n', '?', 'OOS', '误报'];
    let text = '';
    try {
      for (let i = 0; i < 20_000; i++) {
        text = Array.from({ length: next(7) }, () => parts[next(parts.length)]).join(next(2) === 0 ? ' ' : '');
        parse(text);
      }
    } catch (error) {
      throw new Error(`seed ${seed}: ${JSON.stringify(text)}`, { cause: error });
    }
    expect(normalise('ａ　，、b')).toBe('a b');
  });
});
