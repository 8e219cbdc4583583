import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { admEn } from '../src/i18n/adm_en.ts';
import { admZh } from '../src/i18n/adm_zh.ts';
import { conEn } from '../src/i18n/con_en.ts';
import { conZh } from '../src/i18n/con_zh.ts';
import { en } from '../src/i18n/en.ts';
import { panEn } from '../src/i18n/pan_en.ts';
import { panZh } from '../src/i18n/pan_zh.ts';
import { supEn } from '../src/i18n/sup_en.ts';
import { supZh } from '../src/i18n/sup_zh.ts';
import { zh } from '../src/i18n/zh.ts';
import * as values from '../src/protocol/values.ts';
import { distance, type Vision } from './colour.ts';

const holes = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!).sort();

describe('the dictionaries', () => {
  it('have the same holes in every sentence', () => {
    const pairs: [Record<string, string>, Record<string, string>][] = [[zh, en], [supZh, supEn], [admZh, admEn], [conZh, conEn], [panZh, panEn]];
    for (const [chinese, english] of pairs) {
      for (const [key, sentence] of Object.entries(chinese)) expect(holes(english[key]!), key).toEqual(holes(sentence));
    }
  });

  it('have a word for every value of the protocol', () => {
    const groups: [string, readonly string[]][] = [
      ['role', values.ROLES], ['kind', values.UNIT_KINDS], ['verdict', values.TIER_VERDICTS], ['type', values.INCIDENT_TYPES],
      ['channel', values.CHANNELS], ['state', values.INCIDENT_STATES], ['astate', values.ASSIGNMENT_STATES], ['duty', values.DUTIES],
      ['status', values.UNIT_STATUSES], ['source', values.SOURCES], ['mode', values.DISPATCH_MODES], ['step', values.LADDER_STEPS],
      ['alarm', values.ALARM_KINDS], ['notice', values.NOTICE_KINDS], ['place', values.PANIC_PLACES], ['nstate', values.NOTICE_STATES], ['level', values.WARN_LEVELS], ['reason', values.DECLINE_REASONS], ['reason', values.CLOSE_REASONS],
    ];
    for (const [group, names] of groups) {
      for (const name of names) expect(`${group}.${name}` in zh, `${group}.${name}`).toBe(true);
    }
  });

  it('have a sentence for every error and reason that PROTOCOL.md names', () => {
    const protocol = readFileSync(join(import.meta.dirname, '../../docs/PROTOCOL.md'), 'utf8');
    const errors = protocol.slice(protocol.indexOf('## 3 Errors'), protocol.indexOf('## 4 HTTP'));
    const codes = [...errors.matchAll(/^\|((?: `[a-z_]+`)+) \|/gm)].flatMap((match) => [...match[1]!.matchAll(/`([a-z_]+)`/g)].map((m) => m[1]!));
    expect(codes.length).toBeGreaterThan(30);
    for (const code of codes) expect(`error.${code}` in zh, code).toBe(true);
    const reasons = /^\| `reason` \| (.*)$/m.exec(protocol)?.[1] ?? '';
    const words = [...reasons.matchAll(/`([a-z_ ]+)`/g)].flatMap((match) => match[1]!.split(' '));
    expect(words.length).toBeGreaterThan(15);
    for (const reason of words) expect(`reason.${reason}` in zh, reason).toBe(true);
  });
});

describe('the words of the dictionaries', () => {
  it('of a part are none of its page’s', () => {
    expect(Object.keys(panZh).filter((key) => key in conZh || key in zh)).toEqual([]);
    expect(Object.keys(conZh).filter((key) => key in zh)).toEqual([]);
  });

  it('are all said somewhere', () => {
    const folder = join(import.meta.dirname, '../src');
    const source = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name) && !/i18n.[a-z_]*(zh|en)\.ts$/.test(name))
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('\n');
    const groups = [...source.matchAll(/word\('([a-z_.]+)'|`([a-z_.]+)\.\$\{/g)].map((match) => `${match[1] ?? match[2]}.`);
    const silent = Object.keys({ ...zh, ...supZh, ...admZh, ...conZh, ...panZh }).filter((key) => !source.includes(`'${key}'`) && !groups.some((group) => key.startsWith(group)));
    expect(silent).toEqual([]);
  });
});

describe('the colours', () => {
  const css = readFileSync(join(import.meta.dirname, '../src/styles/base.css'), 'utf8');
  const colour = (pattern: RegExp): string => pattern.exec(css)?.[1] ?? '';
  const units = ['available', 'dispatched', 'en_route', 'on_scene', 'out'].map((name) => colour(new RegExp(`--s-${name}: (#[0-9a-f]{6})`)));
  const priorities = [1, 2, 3, 4].map((level) => colour(new RegExp(`\\.badge\\.p${level} \\{ background: (#[0-9a-f]{6})`)));

  it.each<Vision>(['normal', 'protan', 'deutan', 'tritan'])('of units and of priorities are told apart by %s eyes', (vision) => {
    for (const set of [units, priorities]) {
      expect(set.every((hex) => /^#[0-9a-f]{6}$/.test(hex))).toBe(true);
      for (let i = 0; i < set.length; i++) {
        for (let j = i + 1; j < set.length; j++) {
          expect(distance(set[i]!, set[j]!, vision), `${set[i]} ${set[j]}`).toBeGreaterThan(10);
        }
      }
    }
  });
});
