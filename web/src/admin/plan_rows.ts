/* A circle's plan as a row of the roster, and as its form has it (pure). */

import type { Plan } from '../protocol/plans.ts';
import { INCIDENT_TYPES, TIERS } from '../protocol/values.ts';

export const PRIORITIES = [1, 2, 3, 4] as const;

/** What stands in the form; no type and no priority means all. */
export interface Draft {
  code: string;
  circle: string;
  types: readonly string[];
  priorities: readonly number[];
  units: Readonly<Record<(typeof TIERS)[number], string>>;
  words_zh: string;
  words_en: string;
}

export const EMPTY: Draft = { code: '', circle: '', types: [], priorities: [], units: { '1': '', '3': '', '5': '' }, words_zh: '', words_en: '' };

export function draftOf(plan: Plan): Draft {
  return {
    code: plan.code, circle: plan.circle,
    types: plan.types.length === INCIDENT_TYPES.length ? [] : plan.types,
    priorities: plan.priorities.length === PRIORITIES.length ? [] : plan.priorities,
    units: { '1': plan.units['1'].join(' '), '3': plan.units['3'].join(' '), '5': plan.units['5'].join(' ') },
    words_zh: plan.words_zh ?? '', words_en: plan.words_en ?? '',
  };
}

/** Codes as people list them: with spaces, commas of either script, or +. */
export const codesOf = (text: string): string[] => text.split(/[\s,，、;；+]+/).filter((code) => code !== '');

export function rowOf(draft: Draft): Record<string, string> {
  const tier = (name: (typeof TIERS)[number]): string => codesOf(draft.units[name]).join('+');
  return {
    code: draft.code.trim(), circle: draft.circle, types: draft.types.join('+'), priorities: draft.priorities.join('+'),
    tier_1: tier('1'), tier_3: tier('3'), tier_5: tier('5'), words_zh: draft.words_zh.trim(), words_en: draft.words_en.trim(),
  };
}

/** The row that takes it back: it stays known, names nobody and tells nothing. */
export const withdrawalOf = (draft: Draft): Record<string, string> => rowOf({ ...draft, units: EMPTY.units, words_zh: '', words_en: '' });

export const isWithdrawn = (plan: Plan): boolean =>
  plan.words_zh === null && plan.words_en === null && TIERS.every((tier) => plan.units[tier].length === 0);
