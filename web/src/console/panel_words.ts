/* What the panels and the command line say. */

import type { PanKey } from '../i18n/pan_zh.ts';
import { wordsOver } from '../i18n/own.ts';
import { t as consoleT, word as consoleWord, type Key as ConsoleKey } from './words.ts';

export type Key = ConsoleKey | PanKey;

export const { t, word } = await wordsOver<PanKey, ConsoleKey>({ t: consoleT, word: consoleWord }, {
  zh: async () => (await import('../i18n/pan_zh.ts')).panZh,
  en: async () => (await import('../i18n/pan_en.ts')).panEn,
});
