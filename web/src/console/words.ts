import type { Key as SharedKey } from '../i18n/index.ts';
import type { ConKey } from '../i18n/con_zh.ts';
import { wordsLoaded } from '../i18n/own.ts';

export type Key = SharedKey | ConKey;

export const { t, word } = await wordsLoaded<ConKey>({
  zh: async () => (await import('../i18n/con_zh.ts')).conZh,
  en: async () => (await import('../i18n/con_en.ts')).conEn,
});
