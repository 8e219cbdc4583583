/* The engine's state as an operator reads it (pure): what belongs together, what is wrong, what is new
 * and has no word yet. */

import type { AdmKey } from './words.ts';

export type System = Readonly<Record<string, unknown>>;

export interface Measure {
  name: string;
  label: AdmKey | null;
  text: string;
  bad: boolean;
  /** Of the samples, where the course says something. */
  history: number[];
}

export interface Group {
  name: 'journal' | 'proof' | 'history' | 'clients' | 'other';
  measures: Measure[];
}

interface Known {
  group: Group['name'];
  label: AdmKey;
  show?: (value: number) => string;
  course?: boolean;
  bad?: (value: unknown, state: System) => boolean;
}

const ms = (us: number): string => `${(us / 1000).toFixed(1)} ms`;

const KNOWN: Record<string, Known> = {
  seq: { group: 'journal', label: 'admin.sys.seq' },
  epoch: { group: 'journal', label: 'admin.sys.epoch' },
  batches: { group: 'journal', label: 'admin.sys.batches' },
  commit_us_mean: { group: 'journal', label: 'admin.sys.commit_mean', show: ms, course: true },
  commit_us_max: { group: 'journal', label: 'admin.sys.commit_max', show: ms },
  disk_full: { group: 'journal', label: 'admin.sys.disk_full', bad: (value) => value === true },
  snapshots: { group: 'proof', label: 'admin.sys.snapshots' },
  digests_equal: { group: 'proof', label: 'admin.sys.digests', bad: (value, state) => Number(value) < Number(state['snapshots'] ?? 0) },
  history_seq: { group: 'history', label: 'admin.sys.history_seq' },
  history_waiting: { group: 'history', label: 'admin.sys.history_waiting', course: true, bad: (value) => Number(value) > 10_000 },
  history_closed: { group: 'history', label: 'admin.sys.history_closed', bad: (value) => value === true },
  sessions: { group: 'clients', label: 'admin.sys.sessions', course: true },
  tokens: { group: 'clients', label: 'admin.sys.tokens' },
  alarms: { group: 'clients', label: 'admin.sys.alarms', bad: (value) => Number(value) > 0 },
  version: { group: 'clients', label: 'admin.sys.version' },
};
const ORDER: readonly Group['name'][] = ['journal', 'proof', 'history', 'clients', 'other'];

export function groupsOf(samples: readonly System[]): Group[] {
  const now = samples.at(-1);
  if (!now) return [];
  const by = new Map<Group['name'], Measure[]>(ORDER.map((name) => [name, []]));
  for (const [name, value] of Object.entries(flat(now))) {
    const known = Object.hasOwn(KNOWN, name) ? KNOWN[name] : undefined;
    by.get(known?.group ?? 'other')!.push({
      name,
      label: known?.label ?? null,
      text: typeof value === 'number' && known?.show ? known.show(value) : typeof value === 'string' ? value : JSON.stringify(value),
      bad: known?.bad?.(value, now) ?? false,
      history: known?.course ? samples.map((sample) => Number(sample[name])).filter(Number.isFinite) : [],
    });
  }
  return ORDER.map((name) => ({ name, measures: by.get(name)! })).filter((group) => group.measures.length > 0);
}

/** The names of what is wrong. */
export function healthOf(state: System): AdmKey[] {
  return Object.entries(KNOWN).filter(([name, known]) => name in state && known.bad?.(state[name], state)).map(([, known]) => known.label);
}

function flat(value: System, prefix = ''): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    if (typeof item === 'object' && item !== null && !Array.isArray(item)) Object.assign(out, flat(item as System, `${prefix}${key}.`));
    else out[prefix + key] = item;
  }
  return out;
}
