/* The command line's grammar (pure). It reads words, not the city: what "P12" is, run.ts finds out.
 *
 *   line := verb { word }     separators: space , ， 、 ; and dots between words; full width is folded
 *   incident := ['#'] digits | '.' (the selected one)
 *   unit := code | P14-16 (a range) | 1…9 (recommendation) | *n (the best n) */

import { INCIDENT_TYPES, type IncidentType } from '../protocol/values.ts';
import { SHELVE_MINUTES, SHELVE_MINUTES_MAX } from './alarms.ts';
import type { Values } from '../i18n/index.ts';
import type { Key } from './panel_words.ts';

export type IncidentRef = { by: 'selected' } | { by: 'id'; id: number; exact: boolean };
export type UnitRef =
  | { by: 'code'; code: string }
  | { by: 'range'; prefix: string; from: number; to: number; width: number; code: string }
  | { by: 'number'; number: number }
  | { by: 'best'; count: number };
export type UnitState = 'on' | 'off' | 'out_of_service' | 'acknowledged' | 'en_route' | 'on_scene' | 'cleared';

export type Line =
  | { verb: 'order'; incident: IncidentRef; units: UnitRef[] }
  | { verb: 'state'; units: UnitRef[]; state: UnitState }
  | { verb: 'recall'; units: UnitRef[] }
  | { verb: 'close' | 'cancel'; incident: IncidentRef; reason: string; note: string }
  | { verb: 'recommend'; incident: IncidentRef }
  | { verb: 'priority'; incident: IncidentRef; priority: number }
  | { verb: 'note'; incident: IncidentRef; text: string }
  | { verb: 'find'; text: string }
  | { verb: 'new'; type: IncidentType | null; priority: number | null; street: string }
  | { verb: 'hold'; incident: IncidentRef; minutes: number; note: string }
  | { verb: 'release' | 'reopen' | 'claim'; incident: IncidentRef; note: string }
  | { verb: 'merge'; incident: IncidentRef; into: IncidentRef }
  | { verb: 'hand_over'; incident: IncidentRef; to: string }
  | { verb: 'move'; units: UnitRef[]; incident: IncidentRef }
  | { verb: 'draw_road'; incident: IncidentRef | null }
  | { verb: 'lift_road'; code: string }
  | { verb: 'ack' }
  | { verb: 'shelve'; incident: IncidentRef | null; minutes: number; reason: string; note: string }
  | { verb: 'undo' }
  | { verb: 'help' };

export type Parsed = { ok: true; line: Line } | { ok: false; key: Key; values?: Values };

const VERBS: Record<string, string> = {
  D: 'd', 派: 'd', EN: 'en', 途: 'en', OS: 'os', 到: 'os', AK: 'ak', 签: 'ak', X: 'x', 结: 'x', XX: 'xx', 撤: 'xx',
  S: 's', 状: 's', R: 'r', 荐: 'r', F: 'f', 找: 'f', N: 'n', 新: 'n', NT: 'nt', 注: 'nt', RC: 'rc', 召: 'rc',
  P: 'p', 级: 'p', A: 'a', 确认: 'a', H: 'h', 缓: 'h', HR: 'hr', 启: 'hr', RO: 'ro', 重开: 'ro', M: 'm', 并: 'm', T: 't', 领: 't', GV: 'gv', 交: 'gv',
  MV: 'mv', 调: 'mv', SH: 'sh', 搁: 'sh', RD: 'rd', 封: 'rd', LF: 'lf', 解: 'lf', U: 'u', 回退: 'u', '?': '?', HELP: '?', 帮助: '?',
};
const STATES: Record<string, UnitState> = {
  AV: 'on', ON: 'on', OFF: 'off', OOS: 'out_of_service', AK: 'acknowledged', ER: 'en_route', EN: 'en_route',
  OS: 'on_scene', CL: 'cleared', 空闲: 'on', 在岗: 'on', 下岗: 'off', 停用: 'out_of_service', 签收: 'acknowledged',
  途中: 'en_route', 到场: 'on_scene', 完成: 'cleared',
};
const REASONS: Record<string, string> = {
  误报: 'false_report', 虚假: 'false_report', FALSE: 'false_report', 重复: 'duplicate', DUP: 'duplicate', DUPLICATE: 'duplicate',
  已处置: 'resolved', RESOLVED: 'resolved', OK: 'resolved',
};
const TYPES: Record<string, IncidentType> = {
  治安: 'public_order', 刑事: 'crime', 交通: 'traffic', 火警: 'fire', 急救: 'medical', 求助: 'help', 纠纷: 'dispute', 其他: 'other',
};

const bad = (key: Key, values?: Values): Parsed => (values ? { ok: false, key, values } : { ok: false, key });
const good = (line: Line): Parsed => ({ ok: true, line });

/** Full width to half width, ideographic separators to plain ones. */
export function normalise(text: string): string {
  return text.normalize('NFKC').replace(/[、,;]/g, ' ').replace(/\s+/g, ' ').trim();
}

export function parse(text: string): Parsed {
  const whole = normalise(text);
  const first = /^(\?|[A-Za-z]+|\p{Script=Han}+)(?=$|[\s.#*\d])/u.exec(whole)?.[1] ?? whole.split(' ')[0] ?? '';
  const verb = VERBS[first.toUpperCase()];
  if (verb === undefined) return bad('cmd.unknown_verb', { word: first });
  const rest = whole.slice(first.length).replace(/^\.(?=\S)/, ' ').trim();
  switch (verb) {
    case 'd':
      return parseOrder(words(rest));
    case 'en':
      return parseState(words(rest), 'en_route');
    case 'os':
      return parseState(words(rest), 'on_scene');
    case 'ak':
      return parseState(words(rest), 'acknowledged');
    case 's':
      return parseStatus(words(rest));
    case 'rc': {
      const units = unitsOf(words(rest));
      return units.ok ? (units.list.length > 0 ? good({ verb: 'recall', units: units.list }) : bad('cmd.need_unit')) : units.error;
    }
    case 'x':
      return parseEnd('close', rest, 'resolved');
    case 'xx':
      return parseEnd('cancel', rest, 'false_report');
    case 'r':
      return good({ verb: 'recommend', incident: incidentOf(words(rest)[0]) ?? { by: 'selected' } });
    case 'p':
      return parsePriority(words(rest));
    case 'nt': {
      const [incident, note] = leading(rest);
      return note === '' ? bad('cmd.need_text') : good({ verb: 'note', incident, text: note });
    }
    case 'f':
      return rest === '' ? bad('cmd.need_text') : good({ verb: 'find', text: rest });
    case 'n':
      return parseNew(rest);
    case 'a':
      return good({ verb: 'ack' });
    case 'u':
      return good({ verb: 'undo' });
    case 'h':
      return parseHold(rest);
    case 'hr':
      return parseLife('release', rest);
    case 'ro':
      return parseLife('reopen', rest);
    case 't':
      return parseLife('claim', rest);
    case 'm':
      return parseMerge(words(rest));
    case 'gv': {
      const [incident, to] = leading(rest);
      return /^[A-Za-z0-9_.-]*$/.test(to) ? good({ verb: 'hand_over', incident, to }) : bad('cmd.unknown_word', { word: to });
    }
    case 'mv': {
      const list = words(rest);
      const incident = incidentOf(list.find((word) => incidentOf(word) !== null));
      const units = unitsOf(list.filter((word) => incidentOf(word) === null));
      if (!units.ok) return units.error;
      return units.list.length === 0 ? bad('cmd.need_unit') : good({ verb: 'move', units: units.list, incident: incident ?? { by: 'selected' } });
    }
    case 'sh':
      return parseShelve(rest);
    case 'rd': {
      const incident = incidentOf(rest === '' ? undefined : rest);
      return rest === '' || incident ? good({ verb: 'draw_road', incident }) : bad('cmd.unknown_word', { word: rest });
    }
    case 'lf':
      return /^[A-Za-z0-9_.-]+$/.test(rest) ? good({ verb: 'lift_road', code: rest }) : bad('cmd.need_text');
    default:
      return good({ verb: 'help' });
  }
}

/** Words; `D.P12.1042` is three, a lone dot is one. */
function words(text: string): string[] {
  return text
    .split(' ')
    .flatMap((word) => (word === '.' ? [word] : word.split('.')))
    .filter((word) => word !== '');
}

function incidentOf(word: string | undefined): IncidentRef | null {
  if (word === undefined) return null;
  if (word === '.') return { by: 'selected' };
  const digits = /^(#?)(\d{1,10})$/.exec(word);
  return digits ? { by: 'id', id: Number(digits[2]), exact: digits[1] === '#' } : null;
}

function unitOf(word: string): UnitRef | null {
  const best = /^\*(\d{1,2})$/.exec(word);
  if (best) return { by: 'best', count: Number(best[1]) };
  if (!/[A-Za-z\p{L}]/u.test(word) || /[#*?]/.test(word)) return null;
  const range = /^(.*?)(\d+)-(\d+)$/.exec(word);
  if (range && range[1] !== '') {
    return { by: 'range', prefix: range[1]!, from: Number(range[2]), to: Number(range[3]), width: range[2]!.length, code: word };
  }
  return { by: 'code', code: word };
}

type Units = { ok: true; list: UnitRef[] } | { ok: false; error: Parsed };

function unitsOf(list: readonly string[]): Units {
  const units: UnitRef[] = [];
  for (const word of list) {
    const unit = unitOf(word);
    if (!unit) return { ok: false, error: bad('cmd.unknown_word', { word }) };
    units.push(unit);
  }
  return { ok: true, list: units };
}

/* Order-free: digits name the incident, letters with digits a unit. A single digit is a recommendation,
 * unless it is the only number beside named units; `#` makes it an incident always. */
function parseOrder(list: readonly string[]): Parsed {
  const numbers = list.filter((word) => /^\d+$/.test(word));
  const named = list.some((word) => unitOf(word) !== null);
  let incident: IncidentRef | null = null;
  const units: UnitRef[] = [];
  const takesFirst = numbers.length > 1 || named;
  for (const word of list) {
    const ref = incidentOf(word);
    const isShort = /^\d$/.test(word);
    if (ref && incident === null && (!isShort || (takesFirst && !list.includes('.') && !list.some((w) => /^#|^\d{2,}$/.test(w))))) {
      incident = ref;
      continue;
    }
    if (isShort) {
      if (word === '0') return bad('cmd.unknown_word', { word });
      units.push({ by: 'number', number: Number(word) });
      continue;
    }
    const unit = unitOf(word);
    if (!unit) return bad('cmd.unknown_word', { word });
    units.push(unit);
  }
  if (units.length === 0) return bad('cmd.need_unit');
  return good({ verb: 'order', incident: incident ?? { by: 'selected' }, units });
}

function parseState(list: readonly string[], state: UnitState): Parsed {
  const units = unitsOf(list);
  if (!units.ok) return units.error;
  return units.list.length === 0 ? bad('cmd.need_unit') : good({ verb: 'state', units: units.list, state });
}

function parseStatus(list: readonly string[]): Parsed {
  const state = STATES[(list.at(-1) ?? '').toUpperCase()];
  if (state === undefined || list.length < 2) return bad(list.length === 0 ? 'cmd.need_unit' : 'cmd.need_state');
  return parseState(list.slice(0, -1), state);
}

/** An incident at the front, if there is one, and the rest as text. */
function leading(rest: string): [IncidentRef, string] {
  const head = /^(\.|#?\d{1,10})(?:\s+|$)/.exec(rest);
  const incident = head ? incidentOf(head[1]) : null;
  return incident && head ? [incident, rest.slice(head[0].length).trim()] : [{ by: 'selected' }, rest];
}

function parseEnd(verb: 'close' | 'cancel', rest: string, fallback: string): Parsed {
  const [incident, text] = leading(rest);
  const word = text.split(' ')[0] ?? '';
  const reason = REASONS[word.toUpperCase()];
  return good({
    verb, incident, reason: reason ?? fallback, note: reason === undefined ? text : text.slice(word.length).trim(),
  });
}

/** Minutes until it is looked at again; half an hour unless said. */
function parseHold(rest: string): Parsed {
  const [incident, text] = leading(rest);
  const minutes = /^(\d{1,4})(?:\s+|$)/.exec(text);
  const value = minutes ? Number(minutes[1]) : 30;
  if (value < 1 || value > 1440) return bad('cmd.unknown_word', { word: String(value) });
  return good({ verb: 'hold', incident, minutes: value, note: minutes ? text.slice(minutes[0].length).trim() : text });
}

/** `sh 1042 5 duplicate …`: of that incident, else the one that rings first; so many minutes, at most 15. */
function parseShelve(rest: string): Parsed {
  const named = /^(?:\.|#\d|\d{3,}|\d+\s+\d+m?(?:\s|$))/.test(rest);
  const [incident, text] = named ? leading(rest) : [null, rest];
  const minutes = /^(\d{1,4})m?(?:\s+|$)/i.exec(text);
  const value = minutes ? Number(minutes[1]) : SHELVE_MINUTES;
  if (value < 1 || value > SHELVE_MINUTES_MAX) return bad('cmd.shelve_minutes', { word: String(value) });
  const more = minutes ? text.slice(minutes[0].length).trim() : text;
  const word = more.split(' ')[0] ?? '';
  const reason = REASONS[word.toUpperCase()];
  return good({ verb: 'shelve', incident, minutes: value, reason: reason ?? 'can_wait', note: reason === undefined ? more : more.slice(word.length).trim() });
}

function parseLife(verb: 'release' | 'reopen' | 'claim', rest: string): Parsed {
  const [incident, note] = leading(rest);
  return good({ verb, incident, note });
}

/* `m 1043 1042`: the first is a duplicate of the second; with one number the selected one is the duplicate. */
function parseMerge(list: readonly string[]): Parsed {
  const refs = list.map((word) => incidentOf(word));
  const [first, second] = refs;
  if (!first || refs.length > 2 || (refs.length === 2 && !second)) return bad('cmd.need_incident');
  return second ? good({ verb: 'merge', incident: first, into: second }) : good({ verb: 'merge', incident: { by: 'selected' }, into: first });
}

function parsePriority(list: readonly string[]): Parsed {
  const priority = Number(list.at(-1));
  if (!/^[1-4]$/.test(list.at(-1) ?? '')) return bad('cmd.unknown_word', { word: list.at(-1) ?? '' });
  if (list.length > 2) return bad('cmd.unknown_word', { word: list[1] ?? '' });
  const incident = list.length === 2 ? incidentOf(list[0]) : ({ by: 'selected' } as const);
  return incident ? good({ verb: 'priority', incident, priority }) : bad('cmd.need_incident');
}

function parseNew(rest: string): Parsed {
  const list = rest.split(' ').filter((word) => word !== '');
  let type: IncidentType | null = null;
  let priority: number | null = null;
  if (list[0] !== undefined) {
    const word = list[0];
    type = TYPES[word] ?? INCIDENT_TYPES.find((name) => name === word.toLowerCase()) ?? null;
    if (type !== null) list.shift();
  }
  if (/^[1-4]$/.test(list[0] ?? '')) priority = Number(list.shift());
  return good({ verb: 'new', type, priority, street: list.join(' ') });
}
