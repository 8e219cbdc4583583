import { supEn } from '../i18n/sup_en.ts';
import { supZh, type SupKey } from '../i18n/sup_zh.ts';
import { wordsOf } from '../i18n/own.ts';

export type { SupKey };

export const { t, word } = wordsOf<SupKey>(supZh, supEn);
