/* Which open incidents a call may be about (pure), judged while it is typed: the same place, much the
 * same words for it, the same phone. The engine decides about merging by its own rule; this is for the
 * person who can still ask the caller. */

import type { Incident } from '../protocol/objects.ts';
import { metres } from '../ui/format.ts';

export interface Call {
  at: { lat: number; lon: number } | null;
  address: string;
  phone: string;
}

export interface Duplicate {
  incident: Incident;
  /** To the place of the call, if it has one. */
  distance_m: number | null;
  why: 'phone' | 'address' | 'near';
}

export const NEAR_M = 200;
export const DUPLICATES_MAX = 3;
const SAME_WORDS = 0.6; /* of two letters each, as Dice counts them */
const PHONE_DIGITS_MIN = 7;

export function duplicatesOf(open: Iterable<Incident>, call: Call): Duplicate[] {
  const words = pairs(call.address);
  const phone = digits(call.phone);
  const found: (Duplicate & { rank: number })[] = [];
  for (const incident of open) {
    const distance_m = call.at ? metres(call.at, incident) : null;
    const same = likeness(words, pairs(incident.address ?? ''));
    const isPhone = phone.length >= PHONE_DIGITS_MIN && digits(incident.phone ?? '').endsWith(phone);
    const isNear = distance_m !== null && distance_m < NEAR_M;
    if (!isPhone && !isNear && same < SAME_WORDS) continue;
    const rank = (isPhone ? 4 : 0) + (isNear ? 2 - distance_m / NEAR_M : 0) + same;
    found.push({ incident, distance_m, why: isPhone ? 'phone' : isNear ? 'near' : 'address', rank });
  }
  return found.sort((a, b) => b.rank - a.rank || a.incident.incident_id - b.incident.incident_id).slice(0, DUPLICATES_MAX);
}

const digits = (text: string): string => text.normalize('NFKC').replace(/\D/g, '');

function pairs(text: string): Set<string> {
  const plain = text.normalize('NFKC').toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  const letters = [...plain];
  return new Set(letters.slice(1).map((letter, i) => letters[i]! + letter));
}

function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size === 0 || b.size === 0) return 0;
  let both = 0;
  for (const pair of a) if (b.has(pair)) both += 1;
  return (2 * both) / (a.size + b.size);
}
