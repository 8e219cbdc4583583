/* The commands of PROTOCOL.md §5 as types: what a page may say. `key` and `id` are the link's. */

import type { AssignmentState, Channel, Duty, IncidentType, TierName, WarnLevel } from './values.ts';

export type Command =
  | {
      op: 'report.create';
      type: IncidentType;
      lat: number;
      lon: number;
      channel?: Channel;
      priority?: number;
      address?: string;
      caller?: string;
      phone?: string;
      note?: string;
      received_ms?: number;
      drill?: boolean;
      merge?: boolean;
    }
  | { op: 'incident.recommend'; incident: number }
  | {
      op: 'incident.order';
      incident: number;
      generation: number;
      /** `victim`: the lower-priority incident that gives up the unit. */
      units: { unit: string; tier: TierName; victim?: number }[];
      note?: string;
    }
  | {
      op: 'incident.update';
      incident: number;
      generation: number;
      lat?: number;
      lon?: number;
      address?: string;
      type?: IncidentType;
      priority?: number;
    }
  | { op: 'incident.note'; incident: number; note: string }
  | { op: 'incident.cancel'; incident: number; reason: string; note?: string }
  | { op: 'incident.close'; incident: number; reason: string; clear_all?: boolean; note?: string }
  | {
      op: 'assignment.update';
      assignment: number;
      state: Exclude<AssignmentState, 'sent' | 'recalled' | 'cancelled' | 'preempted'>;
      reason?: string;
      device_ms?: number;
      note?: string;
    }
  | { op: 'assignment.recall'; assignment: number; reason?: string }
  | { op: 'unit.duty'; unit?: string; duty: Duty; reason?: string; people?: number; crew?: string; equipment?: string[]; device?: string }
  | { op: 'alarm.ack'; alarm: number }
  | { op: 'alarm.shelve'; alarm: number; reason: string; until_ms: number; note?: string }
  | { op: 'assignment.support'; assignment: number; note?: string }
  | { op: 'unit.panic'; unit?: string; lat?: number; lon?: number; device_ms?: number }
  | { op: 'panic.close'; unit: string; reason: string; note?: string }
  | { op: 'assignment.par'; assignment: number; device_ms?: number }
  | { op: 'checkpoint.sign'; checkpoint: string; visit: 'signed' | 'scanned'; device_ms?: number }
  | { op: 'incident.warn'; incident: number; level: WarnLevel; text: string }
  | {
      op: 'notice.update';
      assignment: number;
      number: number;
      state: 'delivered' | 'acknowledged';
      device_ms?: number;
    }
  | { op: 'incident.hold'; incident: number; reason: string; review_ms: number; note?: string }
  | { op: 'incident.release'; incident: number; note?: string }
  | { op: 'incident.reopen'; incident: number; reason: string; note?: string }
  | { op: 'incident.merge'; incident: number; into: number; move?: boolean; note?: string }
  | { op: 'incident.claim'; incident: number; note?: string }
  | { op: 'incident.hand_over'; incident: number; to?: string; note?: string }
  | { op: 'incident.refer'; incident: number; generation: number; centre: string; note?: string }
  | {
      op: 'referral.update';
      referral: number;
      version: number;
      state: 'received' | 'feedback' | 'returned' | 'lent' | 'arrived' | 'given_back' | 'refused' | 'withdrawn';
      reason?: string;
      units?: string;
      note?: string;
    }
  | { op: 'report.link'; report: number; incident: number }
  | { op: 'report.split'; report: number }
  | { op: 'report.answer'; report: number; note?: string }
  | { op: 'assignment.reassign'; assignment: number; incident: number; generation: number; tier?: TierName }
  | {
      op: 'milestone.correct';
      assignment: number;
      milestone: 'delivered' | 'acknowledged' | 'en_route' | 'on_scene' | 'cleared';
      corrected_ms: number;
      note: string;
    };

export type Op = Command['op'];

/** The bounds of §1, in bytes of UTF-8. */
export const TEXT_BYTES = { address: 159, name: 63, phone: 23, note: 511 } as const;

const encoder = new TextEncoder();

/** Cut a text so that it fits; the input fields use it, so that nothing is refused afterwards. */
export function fitBytes(text: string, bytes: number): string {
  if (encoder.encode(text).length <= bytes) return text;
  let out = '';
  let used = 0;
  for (const character of text) {
    used += encoder.encode(character).length;
    if (used > bytes) break;
    out += character;
  }
  return out;
}
