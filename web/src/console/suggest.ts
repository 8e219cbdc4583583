/* What a half-typed line may become (pure): verbs first, then what the verb takes. Everything is in
 * memory, so the list follows the typing; the help shows the same grammar. */

import { INCIDENT_TYPES, UNIT_STATUSES, type IncidentType, type UnitStatus } from '../protocol/values.ts';
import type { Key } from './words.ts';

type Takes = 'incident' | 'unit' | 'offer' | 'state' | 'reason' | 'type' | 'priority';

export interface Verb {
  /** The way to type it, Latin and Chinese; the first of each is offered. */
  words: readonly string[];
  /** An example, for the help. */
  usage: string;
  help: Key;
  takes: readonly Takes[];
}

export const GRAMMAR: readonly Verb[] = [
  { words: ['d', '派'], usage: 'd 1042 P12 · 派 . 1 · d 1042 *2', help: 'help.d', takes: ['incident', 'unit', 'offer'] },
  { words: ['en', '途'], usage: 'en P12 · 途 P12', help: 'help.en', takes: ['unit'] },
  { words: ['os', '到'], usage: 'os P12 · 到 P12', help: 'help.os', takes: ['unit'] },
  { words: ['ak', '签'], usage: 'ak P12 · 签 P12', help: 'help.ak', takes: ['unit'] },
  { words: ['s', '状'], usage: 's P12 OOS · 状 P12 停用', help: 'help.s', takes: ['unit', 'state'] },
  { words: ['rc', '召'], usage: 'rc P12 · 召 P12', help: 'help.rc', takes: ['unit'] },
  { words: ['x', '结'], usage: 'x 1042 误报 · 结 .', help: 'help.x', takes: ['incident', 'reason'] },
  { words: ['xx', '撤'], usage: 'xx 1042 · 撤 .', help: 'help.xx', takes: ['incident', 'reason'] },
  { words: ['r', '荐'], usage: 'r 1042 · 荐', help: 'help.r', takes: ['incident'] },
  { words: ['p', '级'], usage: 'p 1042 1 · 级 1', help: 'help.p', takes: ['incident', 'priority'] },
  { words: ['nt', '注'], usage: 'nt 1042 …', help: 'help.nt', takes: ['incident'] },
  { words: ['f', '找'], usage: 'f P12 · f #1042 · f 中山路', help: 'help.f', takes: ['unit', 'incident'] },
  { words: ['n', '新'], usage: 'n 火警 1 中山路', help: 'help.n', takes: ['type', 'priority'] },
  { words: ['a', '确认'], usage: 'a', help: 'help.a', takes: [] },
  { words: ['sh', '搁'], usage: 'sh 1042 5 · 搁 5 重复', help: 'help.sh', takes: ['incident'] },
  { words: ['u', '回退'], usage: 'u · 回退', help: 'help.u', takes: [] },
  { words: ['h', '缓'], usage: 'h 1042 30 · 缓', help: 'help.h', takes: ['incident'] },
  { words: ['hr', '启'], usage: 'hr 1042 · 启', help: 'help.hr', takes: ['incident'] },
  { words: ['ro', '重开'], usage: 'ro 1042 · 重开', help: 'help.ro', takes: ['incident'] },
  { words: ['m', '并'], usage: 'm 1043 1042 · 并', help: 'help.m', takes: ['incident'] },
  { words: ['t', '领'], usage: 't 1042 · 领', help: 'help.t', takes: ['incident'] },
  { words: ['gv', '交'], usage: 'gv 1042 wang · 交', help: 'help.gv', takes: ['incident'] },
  { words: ['mv', '调'], usage: 'mv P12 1042 · 调', help: 'help.mv', takes: ['unit', 'incident'] },
  { words: ['rd', '封'], usage: 'rd · 封 · rd 1042', help: 'help.rd', takes: ['incident'] },
  { words: ['lf', '解'], usage: 'lf RC1 · 解 RC1', help: 'help.lf', takes: [] },
  { words: ['?', '帮助'], usage: '?', help: 'help.f1', takes: [] },
];

export interface World {
  units: Iterable<{ code: string; name: string; status: UnitStatus }>;
  incidents: Iterable<{ incident_id: number; priority: number; type: IncidentType; address: string | null; state: string }>;
  offers: readonly { number: number; unit: string; tier: string; travel_ms: number | null; free: boolean }[];
  selected: number | null;
  /** A code of the protocol in the page's language. */
  word(group: 'type' | 'reason' | 'duty' | 'astate' | 'status', code: string): string;
  help(key: Key): string;
  duration(ms: number | null): string;
}

export interface Suggestion {
  /** The whole line, taken. */
  text: string;
  label: string;
  detail: string;
  status?: UnitStatus;
  priority?: number;
}

export const SUGGESTIONS_MAX = 8;

const STATE_WORDS: readonly (readonly [string, 'duty' | 'astate', string])[] = [
  ['AV', 'duty', 'on'], ['OFF', 'duty', 'off'], ['OOS', 'duty', 'out_of_service'], ['AK', 'astate', 'acknowledged'],
  ['ER', 'astate', 'en_route'], ['OS', 'astate', 'on_scene'], ['CL', 'astate', 'cleared'],
];
const REASON_WORDS: readonly (readonly [string, string])[] = [['OK', 'resolved'], ['FALSE', 'false_report'], ['DUP', 'duplicate']];

export function suggest(text: string, world: World): Suggestion[] {
  const line = text.normalize('NFKC').trimStart();
  const verbWord = /^(\?|[a-z]+|\p{Script=Han}+)/iu.exec(line)?.[1] ?? '';
  if (verbWord === '') return line === '' ? [] : incidents('', line, 'd ', world);
  const rest = line.slice(verbWord.length);
  if (rest === '') return verbs(verbWord, world);
  const verb = GRAMMAR.find(({ words }) => words.includes(verbWord.toLowerCase()));
  if (!verb || !/^[\s.,、;]/.test(rest)) return [];
  const last = /[^\s,、;]*$/.exec(line)![0];
  const before = line.slice(0, line.length - last.length);
  const given = before.slice(verbWord.length).trim().split(/[\s,、;]+/).filter((item) => item !== '');
  return verb.takes.flatMap((takes) => arguments_(takes, last, before, given, world)).slice(0, SUGGESTIONS_MAX);
}

function verbs(typed: string, world: World): Suggestion[] {
  const folded = typed.toLowerCase();
  return GRAMMAR.flatMap((verb) => {
    const found = verb.words.find((name) => name.startsWith(folded));
    if (found === undefined) return [];
    return [{ text: verb.takes.length > 0 ? `${found} ` : found, label: verb.words.join(' · '), detail: world.help(verb.help) }];
  }).slice(0, SUGGESTIONS_MAX);
}

function arguments_(takes: Takes, last: string, before: string, given: readonly string[], world: World): Suggestion[] {
  const named = given.some((item) => /^#?\d{2,}$|^#\d+$|^\.$/.test(item));
  switch (takes) {
    case 'incident':
      return named || given.some((item) => /\p{L}/u.test(item)) ? [] : incidents(before, last, before, world);
    case 'unit':
      return /\p{L}/u.test(last) ? units(before, last, given, world) : [];
    case 'offer':
      return last === '' || /^\d$/.test(last) ? offers(before, last, given, world) : [];
    case 'state':
      return given.length === 0 ? [] : fixed(before, last, STATE_WORDS.map(([code, group, name]) => [code, world.word(group, name)]));
    case 'reason':
      return given.length === 0 ? [] : fixed(before, last, REASON_WORDS.map(([code, name]) => [code, world.word('reason', name)]));
    case 'type':
      return given.length > 0 ? [] : fixed(before, last, INCIDENT_TYPES.map((name) => [name, world.word('type', name)]));
    case 'priority':
      return given.length === 0 || (last !== '' && !/^[1-4]$/.test(last)) ? [] : fixed(before, last, [1, 2, 3, 4].map((n) => [String(n), `P${n}`]));
  }
}

function fixed(before: string, last: string, list: readonly (readonly [string, string])[]): Suggestion[] {
  const folded = last.toLowerCase();
  return list
    .filter(([code, name]) => code.toLowerCase().startsWith(folded) || name.toLowerCase().startsWith(folded))
    .map(([code, name]) => ({ text: `${before}${code} `, label: code, detail: name }));
}

/** By the front or the end of the number; those that wait and the urgent ones first. */
function incidents(_verb: string, last: string, before: string, world: World): Suggestion[] {
  const digits = last.replace(/^#/, '');
  if (!/^\d*$/.test(digits)) return [];
  return [...world.incidents]
    .filter(({ incident_id: id, state }) => state !== 'closed' && state !== 'cancelled' && (String(id).startsWith(digits) || (digits.length > 1 && String(id).endsWith(digits))))
    .sort((a, b) => Number(b.incident_id === world.selected) - Number(a.incident_id === world.selected) ||
      Number(b.state === 'pending') - Number(a.state === 'pending') || a.priority - b.priority || a.incident_id - b.incident_id)
    .slice(0, SUGGESTIONS_MAX)
    .map((incident) => ({
      text: `${before}#${incident.incident_id} `,
      label: `#${incident.incident_id}`,
      detail: [world.word('type', incident.type), incident.address ?? ''].filter(Boolean).join(' · '),
      priority: incident.priority,
    }));
}

const RANK = new Map(UNIT_STATUSES.map((status, rank) => [status, status === 'available' ? -1 : rank]));

/** By the front of the code, then by the name; those that are free first. */
function units(before: string, last: string, given: readonly string[], world: World): Suggestion[] {
  const folded = last.toUpperCase();
  const taken = new Set(given.map((item) => item.toUpperCase()));
  const named = new RegExp(last.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i'); /* 20,000 upper-case copies would cost more */
  const best: { code: string; name: string; status: UnitStatus; rank: number }[] = [];
  for (const { code, name, status } of world.units) {
    const byCode = code.slice(0, folded.length).toUpperCase() === folded;
    if (!byCode && !named.test(name)) continue;
    const upper = code.toUpperCase();
    if (taken.has(upper)) continue;
    const rank = (upper === folded ? 0 : byCode ? 10 : 20) + (RANK.get(status) ?? 9);
    const at = best.findIndex((held) => rank < held.rank);
    if (at >= 0) best.splice(at, 0, { code, name, status, rank });
    else if (best.length < SUGGESTIONS_MAX) best.push({ code, name, status, rank });
    best.length = Math.min(best.length, SUGGESTIONS_MAX);
  }
  return best.map(({ code, name, status }) => ({ text: `${before}${code} `, label: code, detail: `${world.word('status', status)} · ${name}`, status }));
}

function offers(before: string, last: string, given: readonly string[], world: World): Suggestion[] {
  const about = given.length === 0 || given.includes('.') || given.some((item) => item.replace(/^#/, '') === String(world.selected));
  if (world.selected === null || !about) return [];
  return world.offers
    .filter((offer) => offer.free && offer.number <= 9 && String(offer.number).startsWith(last) && !given.includes(String(offer.number)))
    .slice(0, SUGGESTIONS_MAX)
    .map((offer) => ({
      text: `${before}${given.length === 0 ? '. ' : ''}${offer.number} `,
      label: `${offer.number} ${offer.unit}`,
      detail: `${offer.tier}′ · ${world.duration(offer.travel_ms)}`,
    }));
}
