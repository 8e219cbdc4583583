/* A page's own words first, then those that all pages share. */

import { fill, language, loadAlongside, t as shared, word as sharedWord, type Key, type Language, type Values } from './index.ts';

export interface Words<OwnKey extends string> {
  t: (key: Key | OwnKey, values?: Values) => string;
  word: (group: string, code: string | null | undefined) => string;
}

type Dictionary<OwnKey extends string> = Readonly<Record<OwnKey, string>>;

export function wordsOf<OwnKey extends string>(zh: Dictionary<OwnKey>, en: Dictionary<OwnKey>): Words<OwnKey> {
  return wordsIn(() => (language.value === 'zh' ? zh : en));
}

/** A page with many words loads those of one language, as the shared ones are. */
export async function wordsLoaded<OwnKey extends string>(
  load: Record<Language, () => Promise<Dictionary<OwnKey>>>,
): Promise<Words<OwnKey>> {
  const held: Partial<Record<Language, Dictionary<OwnKey>>> = {};
  await loadAlongside(async (next) => {
    held[next] ??= await load[next]();
  });
  return wordsIn(() => held[language.value]!);
}

function wordsIn<OwnKey extends string>(dictionary: () => Dictionary<OwnKey>): Words<OwnKey> {
  const isOwn = (key: string): key is OwnKey => key in dictionary();
  const t = (key: Key | OwnKey, values?: Values): string =>
    isOwn(key) ? fill(dictionary()[key], values) : shared(key as Key, values);
  const word = (group: string, code: string | null | undefined): string => {
    const key = `${group}.${code ?? ''}`;
    return isOwn(key) ? t(key) : sharedWord(group, code);
  };
  return { t, word };
}
