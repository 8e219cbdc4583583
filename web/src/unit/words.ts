import { wordsLoaded } from '../i18n/own.ts';
import type { UniKey } from '../i18n/uni_zh.ts';

export const { t, word } = await wordsLoaded<UniKey>({
  zh: async () => (await import('../i18n/uni_zh.ts')).uniZh,
  en: async () => (await import('../i18n/uni_en.ts')).uniEn,
});

export function distanceText(m: number): string {
  return m < 950 ? t('unit.distance_m', { m: Math.round(m / 10) * 10 }) : t('unit.distance', { km: (m / 1000).toFixed(1) });
}
