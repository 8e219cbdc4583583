/* Chinese and English. A sentence is a key and its parameters; components that call t() are drawn
 * again when the language changes. A page loads the language it speaks, the other when it is asked for. */

import { signal } from '@preact/signals';
import type { Key } from './zh.ts';

export type { Key };
export type Language = 'zh' | 'en';

const STORED = 'kuaifan.language';

export const language = signal<Language>(initial());

function initial(): Language {
  try {
    const stored = localStorage.getItem(STORED);
    if (stored === 'zh' || stored === 'en') return stored;
  } catch {
    /* storage is denied: follow the browser */
  }
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

/** Without its words (the engine is out of reach) the page goes on in the language it has. */
export async function setLanguage(next: Language): Promise<void> {
  try {
    dictionaries[next] ??= await LOAD[next]();
    await Promise.all(alongside.map((load) => load(next)));
  } catch {
    return;
  }
  language.value = next;
  document.documentElement.lang = next === 'zh' ? 'zh-CN' : 'en';
  try {
    localStorage.setItem(STORED, next);
  } catch {
    /* it holds until the page is closed */
  }
}

type Dictionary = Readonly<Record<Key, string>>;

const LOAD: Record<Language, () => Promise<Dictionary>> = {
  zh: async () => (await import('./zh.ts')).zh,
  en: async () => (await import('./en.ts')).en,
};
const dictionaries: Partial<Record<Language, Dictionary>> = {};
dictionaries[language.value] = await LOAD[language.value]();

const alongside: ((language: Language) => Promise<void>)[] = [];

/** Words of one page, loaded with the language. */
export async function loadAlongside(load: (language: Language) => Promise<void>): Promise<void> {
  alongside.push(load);
  await load(language.value);
}

export type Values = Record<string, string | number>;

export function t(key: Key, values?: Values): string {
  return fill(dictionaries[language.value]![key], values);
}

/** A sentence with its holes filled. */
export function fill(sentence: string, values?: Values): string {
  if (!values) return sentence;
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : String(value);
  });
}

/** Of a text that people gave in both languages the page's, or the other where that is missing. */
export const ours = (words: { words_zh: string | null; words_en: string | null }): string | null =>
  language.value === 'zh' ? words.words_zh ?? words.words_en : words.words_en ?? words.words_zh;

/** A word for a code of the wire, e.g. word('reason', 'too_far'). Unknown codes are shown as they are. */
export function word(group: string, code: string | null | undefined): string {
  if (code === null || code === undefined || code === '') return '—';
  const key = `${group}.${code}`;
  return key in dictionaries[language.value]! ? t(key as Key) : code;
}
