import { wordsLoaded } from '../i18n/own.ts';
import type { UniKey } from '../i18n/uni_zh.ts';

export const { t, word } = await wordsLoaded<UniKey>({
  zh: async () => (await import('../i18n/uni_zh.ts')).uniZh,
  en: async () => (await import('../i18n/uni_en.ts')).uniEn,
});
