/* A page's own words first, then those below them: of the page, if they are a part's, and of all pages. */

import { fill, language, loadAlongside, t as shared, word as sharedWord, type Key, type Language, type Values } from './index.ts';

export interface Words<AnyKey extends string> {
  t: (key: AnyKey, values?: Values) => string;
  word: (group: string, code: string | null | undefined) => string;
}

type Dictionary<OwnKey extends string> = Readonly<Record<OwnKey, string>>;

const ofAllPages: Words<Key> = { t: shared, word: sharedWord };

export function wordsOf<OwnKey extends string>(zh: Dictionary<OwnKey>, en: Dictionary<OwnKey>): Words<Key | OwnKey> {
  return wordsIn(() => (language.value === 'zh' ? zh : en), ofAllPages);
}

/** A page with many words loads those of one language, as the shared ones are. */
export function wordsLoaded<OwnKey extends string>(load: Record<Language, () => Promise<Dictionary<OwnKey>>>): Promise<Words<Key | OwnKey>> {
  return wordsOver(ofAllPages, load);
}

/** Words of a part that comes later than its page: `below` are the page's. */
export async function wordsOver<OwnKey extends string, BelowKey extends string>(
  below: Words<BelowKey>, load: Record<Language, () => Promise<Dictionary<OwnKey>>>,
): Promise<Words<BelowKey | OwnKey>> {
  const held: Partial<Record<Language, Dictionary<OwnKey>>> = {};
  await loadAlongside(async (next) => {
    held[next] ??= await load[next]();
  });
  return wordsIn(() => held[language.value]!, below);
}

function wordsIn<OwnKey extends string, BelowKey extends string>(dictionary: () => Dictionary<OwnKey>, below: Words<BelowKey>): Words<BelowKey | OwnKey> {
  const isOwn = (key: string): key is OwnKey => key in dictionary();
  const t = (key: BelowKey | OwnKey, values?: Values): string =>
    isOwn(key) ? fill(dictionary()[key], values) : below.t(key as BelowKey, values);
  const word = (group: string, code: string | null | undefined): string => {
    const key = `${group}.${code ?? ''}`;
    return isOwn(key) ? t(key) : below.word(group, code);
  };
  return { t, word };
}
