import { t } from '../i18n/index.ts';

export function alarmText(alarm: { kind: string; unit: string | null; tier: string | null; circle: string | null; checkpoint: string | null }): string {
  const key = `alarm.${alarm.kind}` as 'alarm.no_unit';
  return t(key, { unit: alarm.unit ?? '', tier: alarm.tier ?? '', place: alarm.circle ?? alarm.checkpoint ?? '' });
}
