/* Times, durations and distances as people read them. Pure: the language comes from i18n. */

import { language } from '../i18n/index.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const locale = language.value === 'zh' ? 'zh-CN' : 'en-GB';
  const key = locale + JSON.stringify(options);
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(locale, options);
    formats.set(key, found);
  }
  return found;
}

const CLOCK: Intl.DateTimeFormatOptions = {
  hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23',
};

/** 14:30:11, or an em dash where there is no time. */
export function clock(ms: number | null | undefined, timeZone?: string): string {
  if (ms === null || ms === undefined) return '—';
  return format(timeZone ? { ...CLOCK, timeZone } : CLOCK).format(ms);
}

export function dateTime(ms: number | null | undefined, timeZone?: string): string {
  if (ms === null || ms === undefined) return '—';
  const options: Intl.DateTimeFormatOptions = {
    ...CLOCK, year: 'numeric', month: '2-digit', day: '2-digit',
  };
  return format(timeZone ? { ...options, timeZone } : options).format(ms);
}

/** 00:42, 12:07, 1:02:09; negative ones with a minus. Cut, not rounded: a clock does not run ahead. */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '—';
  const sign = ms < 0 ? '−' : '';
  const s = Math.floor(Math.abs(ms) / 1000);
  const two = (n: number): string => String(n).padStart(2, '0');
  const hours = Math.floor(s / 3600);
  const rest = `${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
  return hours > 0 ? `${sign}${hours}:${rest}` : sign + rest;
}

/** 42.3 s, 3:07.5: for the record, where tenths count. */
export function exact(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '—';
  const sign = ms < 0 ? '−' : '';
  const tenths = Math.round(Math.abs(ms) / 100);
  const minutes = Math.floor(tenths / 600);
  const seconds = ((tenths % 600) / 10).toFixed(1);
  return minutes > 0 ? `${sign}${minutes}:${seconds.padStart(4, '0')}` : `${sign}${seconds}`;
}

const EARTH_M = 6_371_008.8;

export function metres(a: { lat: number; lon: number }, b: { lat: number; lon: number }): number {
  const rad = Math.PI / 180;
  const dLat = (b.lat - a.lat) * rad;
  const dLon = (b.lon - a.lon) * rad;
  const h =
    Math.sin(dLat / 2) ** 2 +
    Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h)));
}
