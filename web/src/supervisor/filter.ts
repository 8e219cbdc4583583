/* The filters of the record live in the address, so that a view can be sent to somebody. Times are the
 * city's: the engine reads them in its own zone, whatever this machine's is. Pure. */

import { INCIDENT_TYPES, TIERS } from '../protocol/values.ts';

export const VIEWS = ['overview', 'log', 'league', 'bulletin', 'patrol', 'drills', 'replay'] as const;
export type ViewName = (typeof VIEWS)[number];
export const GROUPS = ['circle', 'beat', 'grid', 'unit', 'district', 'type', 'shift', 'hour', 'day', 'month'] as const;
export type GroupName = (typeof GROUPS)[number];
/** Lines of the report on patrols. */
export const PATROL_GROUPS = ['checkpoint', 'route', 'circle', 'district', 'unit'] as const;
export type PatrolGroup = (typeof PATROL_GROUPS)[number];

export interface Filter {
  from: string; /* the city's date and time, as the input holds it; '' is open */
  to: string;
  tier: string;
  type: string;
  circle: string;
  area: string;
  unit: string;
  district: string;
  drills: boolean;
  view: ViewName;
  group: GroupName;
  by: PatrolGroup;
  /** Of the replay: the moment, and the incident if it is about one. */
  at: string;
  incident: string;
}

export const NO_FILTER: Filter = {
  from: '', to: '', tier: '', type: '', circle: '', area: '', unit: '', district: '', drills: false,
  view: 'overview', group: 'circle', by: 'checkpoint', at: '', incident: '',
};
export const ROWS_MAX = 10_000;

const LOCAL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/;
const TEXTS = ['from', 'to', 'tier', 'type', 'circle', 'area', 'unit', 'district', 'at', 'incident'] as const;

export function filterOf(search: string): Filter {
  const from = new URLSearchParams(search);
  const text = (name: string): string => (from.get(name) ?? '').slice(0, 64);
  const known = <T extends string>(name: string, values: readonly T[], otherwise: T | ''): T | '' =>
    values.includes(text(name) as T) ? (text(name) as T) : otherwise;
  const time = (name: string): string => (LOCAL.test(text(name)) ? text(name) : '');
  return {
    from: time('from'),
    to: time('to'),
    tier: known('tier', TIERS, ''),
    type: known('type', INCIDENT_TYPES, ''),
    circle: text('circle').trim(),
    area: text('area').trim(),
    unit: text('unit').trim(),
    district: text('district').trim(),
    drills: from.get('drills') === '1',
    view: known('view', VIEWS, 'overview') as ViewName,
    group: known('group', GROUPS, 'circle') as GroupName,
    by: known('by', PATROL_GROUPS, 'checkpoint') as PatrolGroup,
    at: time('at'),
    incident: /^\d{1,10}$/.test(text('incident')) ? text('incident') : '',
  };
}

export function addressOf(filter: Filter): string {
  const out = new URLSearchParams();
  for (const name of TEXTS) {
    if (filter[name] !== '') out.set(name, filter[name]);
  }
  if (filter.drills) out.set('drills', '1');
  if (filter.view !== NO_FILTER.view) out.set('view', filter.view);
  if (filter.group !== NO_FILTER.group) out.set('group', filter.group);
  if (filter.by !== NO_FILTER.by) out.set('by', filter.by);
  const text = out.toString();
  return text === '' ? '' : `?${text}`;
}

/** What the filter narrows, for every question to the engine. */
function narrow(filter: Filter, names: readonly ('from' | 'to' | 'tier' | 'type' | 'circle' | 'area' | 'unit' | 'district')[]): URLSearchParams {
  const out = new URLSearchParams();
  for (const name of names) {
    if (filter[name] !== '') out.set(name, filter[name]);
  }
  return out;
}

/** The question for the rows. */
export function queryOf(filter: Filter, format: 'json' | 'csv'): string {
  const out = narrow(filter, ['from', 'to', 'tier', 'type', 'circle', 'area', 'unit']);
  out.set('drills', filter.drills ? '1' : '0');
  out.set('limit', String(ROWS_MAX));
  out.set('format', format);
  return out.toString();
}

/** The question for a report: counted by the engine, over all rows. */
export function reportQuery(
  filter: Filter, more: { group?: string; format?: 'json' | 'csv'; drills?: boolean; compares?: boolean; cell_e7?: number } = {},
): string {
  const out = narrow(filter, ['from', 'to', 'tier', 'type', 'circle', 'area', 'unit', 'district']);
  out.set('drills', (more.drills ?? filter.drills) ? '1' : '0');
  if (more.cell_e7 !== undefined) {
    out.set('cell_e7', String(more.cell_e7));
    return out.toString();
  }
  if (more.group !== undefined) out.set('group', more.group);
  if ((more.compares ?? true) && comparable(filter)) out.set('compare', 'last_year');
  if (more.format === 'csv') out.set('format', 'csv');
  return out.toString();
}

/** The question for the report on patrols: of places, so neither by tier nor by type. */
export function patrolQuery(filter: Filter, format: 'json' | 'csv' = 'json'): string {
  const out = narrow(filter, ['from', 'to', 'circle', 'district']);
  out.set('group', filter.by);
  if (format === 'csv') out.set('format', 'csv');
  return out.toString();
}

/** Last year has the same period only if this one has both ends. */
export const comparable = (filter: Filter): boolean => filter.from !== '' && filter.to !== '';

export const rangeIsGood = (filter: Filter): boolean => filter.from === '' || filter.to === '' || filter.from < filter.to;

/* ---- Periods of the city's calendar ---- */

export const PERIODS = ['today', 'week', 'month', 'all'] as const;
export type Period = (typeof PERIODS)[number];

/** The city's date and time as the inputs hold them. */
export function localOf(ms: number, zone: string | undefined): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23',
    ...(zone === undefined ? {} : { timeZone: zone }),
  }).formatToParts(ms);
  const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? '00';
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}`;
}

/** Whole days that end with today's; `all` is open. */
export function periodOf(period: Period, now_ms: number, zone: string | undefined): { from: string; to: string } {
  if (period === 'all') return { from: '', to: '' };
  const today = localOf(now_ms, zone).slice(0, 10);
  const shifted = (days: number): string => {
    const [y, m, d] = today.split('-').map(Number) as [number, number, number];
    return new Date(Date.UTC(y, m - 1, d + days)).toISOString().slice(0, 10);
  };
  const from = period === 'month' ? `${today.slice(0, 8)}01` : shifted(period === 'week' ? -6 : 0);
  return { from: `${from}T00:00`, to: `${shifted(1)}T00:00` };
}
