import { admEn } from '../i18n/adm_en.ts';
import { admZh, type AdmKey } from '../i18n/adm_zh.ts';
import { wordsOf } from '../i18n/own.ts';

export type { AdmKey };

export const { t, word } = wordsOf<AdmKey>(admZh, admEn);
