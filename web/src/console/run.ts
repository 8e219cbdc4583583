/* Does what a line says: finds its incidents and units in the city, asks twice where it is dangerous. */

import { http } from '../link/http.ts';
import { fitBytes, TEXT_BYTES, type Command } from '../protocol/commands.ts';
import * as api from '../protocol/http.ts';
import type { Incident, Unit } from '../protocol/objects.ts';
import { ASSIGNMENT_ACTIVE, type TierName } from '../protocol/values.ts';
import { session } from '../ui/session.ts';
import { parse, type IncidentRef, type Line, type UnitRef } from './command.ts';
import { offersOf } from './derive.ts';
import { openReport } from './report_open.ts';
import {
  ackOldest, alarms, assignmentsFor, city, give, handOver, helping, hold, live, merge, onBehalf, order, recommend, say, select, selected,
  selectedUnit, shelveAlarm, show, undo, victimOf,
} from './state.ts';
import { lift, startDrawing } from './traffic.ts';
import { showUnit, TIER_OF } from './units.tsx';
import { t, word } from './panel_words.ts';

/** A line that waits for a second Enter. */
let asked = '';

export interface Ran {
  /** The line is done with and the field may be emptied. */
  done: boolean;
  /** What was not understood, as it stands in the line. */
  wrong: string | null;
}

export function run(text: string): Ran {
  const parsed = parse(text);
  if (!parsed.ok) {
    say('bad', t(parsed.key, parsed.values));
    return { done: false, wrong: parsed.values?.['word'] === undefined ? null : String(parsed.values['word']) };
  }
  const again = asked === text;
  asked = '';
  wrong = null;
  const done = doLine(parsed.line, (what) => {
    if (again) return true;
    asked = text;
    say('ask', t('cmd.again', { what }));
    return false;
  });
  return { done, wrong };
}

let wrong: string | null = null;

/** Say what of the line does not fit, and which word of it. */
function reject(sentence: string, token: string): false {
  wrong = token;
  say('bad', sentence);
  return false;
}

function doLine(line: Line, sure: (what: string) => boolean): boolean {
  switch (line.verb) {
    case 'order':
      return doOrder(line, sure);
    case 'state':
      return doState(line);
    case 'recall':
      return eachJob(line.units, (unit, assignment) =>
        give({ op: 'assignment.recall', assignment, reason: 'dispatcher' }, () => t('cmd.recalled', { unit: unit.code })));
    case 'close':
    case 'cancel':
      return doEnd(line, sure);
    case 'recommend': {
      const incident = find(line.incident);
      if (!incident) return false;
      select(incident.incident_id);
      recommend(incident.incident_id);
      return true;
    }
    case 'priority': {
      const incident = find(line.incident);
      if (!incident) return false;
      const { priority } = line;
      give(
        { op: 'incident.update', incident: incident.incident_id, generation: incident.generation, priority },
        () => t('cmd.priority_done', { id: incident.incident_id, priority }),
        { undo: () => backToPriority(incident) },
      );
      return true;
    }
    case 'note': {
      const incident = find(line.incident);
      if (!incident) return false;
      give({ op: 'incident.note', incident: incident.incident_id, note: fitBytes(line.text, TEXT_BYTES.note) }, () => t('cmd.noted'));
      return true;
    }
    case 'find':
      void doFind(line.text);
      return true;
    case 'new':
      openReport({
        ...(line.type ? { type: line.type } : {}),
        ...(line.priority ? { priority: line.priority } : {}),
        ...(line.street ? { street: line.street } : {}),
      });
      return true;
    case 'hold': {
      const incident = find(line.incident);
      if (!incident) return false;
      hold(incident.incident_id, line.minutes, fitBytes(line.note, TEXT_BYTES.note));
      return true;
    }
    case 'release':
    case 'reopen':
    case 'claim': {
      const incident = find(line.incident);
      if (!incident) return false;
      live(line.verb, incident.incident_id, fitBytes(line.note, TEXT_BYTES.note));
      return true;
    }
    case 'merge': {
      const incident = find(line.incident);
      const into = incident ? find(line.into) : null;
      if (!incident || !into) return false;
      if (!sure(t('cmd.merged', { id: incident.incident_id, into: into.incident_id }))) return false;
      merge(incident.incident_id, into.incident_id);
      return true;
    }
    case 'hand_over': {
      const incident = find(line.incident);
      if (!incident) return false;
      handOver(incident.incident_id, line.to);
      return true;
    }
    case 'move': {
      const incident = find(line.incident);
      if (!incident) return false;
      return eachJob(line.units, (unit, assignment) =>
        give(
          { op: 'assignment.reassign', assignment, incident: incident.incident_id, generation: incident.generation },
          () => t('cmd.ordered', { units: unit.code, id: incident.incident_id }),
        ));
    }
    case 'shelve':
      return doShelve(line);
    case 'draw_road': {
      const incident = line.incident ? find(line.incident) : null;
      if (line.incident && !incident) return false;
      startDrawing(incident);
      return true;
    }
    case 'lift_road':
      return lift(line.code) || reject(t('road.unknown', { code: line.code }), line.code);
    case 'ack':
      ackOldest();
      return true;
    case 'undo':
      return undo();
    case 'help':
      helping.value = true;
      return true;
  }
}

/** The one that rings before all others, or of the incident that is named; a call for help never. */
function doShelve(line: Line & { verb: 'shelve' }): boolean {
  const incident = line.incident ? find(line.incident) : null;
  if (line.incident && !incident) return false;
  const of = alarms.value.filter((alarm) => !incident || alarm.incident_id === incident.incident_id);
  const alarm = incident ? of.find((item) => item.kind !== 'panic') : of[0];
  if (!alarm || alarm.kind === 'panic') {
    say('bad', t(of.length > 0 ? 'cmd.no_shelve' : 'cmd.no_alarm'));
    return false;
  }
  shelveAlarm(alarm.alarm_id, line.minutes, line.reason, fitBytes(line.note, TEXT_BYTES.note));
  return true;
}

/** The generation is the one of then: a change in between refuses it. */
function backToPriority(before: Incident): Command[] {
  const today = city.value.incidents.get(before.incident_id);
  return today ? [{ op: 'incident.update', incident: today.incident_id, generation: today.generation, priority: before.priority }] : [];
}

function find(ref: IncidentRef): Incident | null {
  if (ref.by === 'selected') {
    if (!selected.value) say('bad', t('cmd.need_incident'));
    return selected.value;
  }
  const exact = city.value.incidents.get(ref.id);
  if (exact) return exact;
  const tail = String(ref.id);
  const fits = ref.exact || tail.length < 2 ? [] : [...city.value.incidents.keys()].filter((id) => String(id).endsWith(tail));
  if (fits.length === 1) return city.value.incidents.get(fits[0]!) ?? null;
  reject(fits.length > 1 ? t('cmd.ambiguous', { word: tail }) : t('cmd.no_incident', { id: ref.id }), tail);
  return null;
}

function unitByCode(code: string): Unit | null {
  const exact = city.value.units.get(code);
  if (exact) return exact;
  const folded = code.toUpperCase();
  for (const unit of city.value.units.values()) {
    if (unit.code.toUpperCase() === folded) return unit;
  }
  return null;
}

/** The units of the refs; null after it has said what is wrong. */
function resolve(refs: readonly UnitRef[], incident: Incident | null): Map<string, TierName | null> | null {
  const tiers = incident ? offersOf(city.value, incident, assignmentsFor(incident.incident_id)) : [];
  const all = tiers.flatMap((tier) => tier.offers);
  const found = new Map<string, TierName | null>();
  const tierOf = (code: string): TierName | null => all.find((offer) => offer.candidate.unit === code)?.tier ?? null;
  for (const ref of refs) {
    switch (ref.by) {
      case 'number': {
        const offer = all.find((item) => item.number === ref.number);
        if (!offer) {
          reject(t('cmd.no_recommendation', { n: ref.number }), String(ref.number));
          return null;
        }
        found.set(offer.candidate.unit, offer.tier);
        break;
      }
      case 'best': {
        const free = all
          .filter((offer) => offer.free && !found.has(offer.candidate.unit))
          .sort((a, b) => (a.candidate.travel_ms ?? Infinity) - (b.candidate.travel_ms ?? Infinity))
          .slice(0, ref.count);
        if (free.length === 0) {
          say('bad', t('rec.no_candidate'));
          return null;
        }
        for (const offer of free) found.set(offer.candidate.unit, offer.tier);
        break;
      }
      case 'code':
      case 'range': {
        const exact = unitByCode(ref.code);
        const codes = exact || ref.by === 'code'
          ? [exact?.code ?? ref.code]
          : Array.from({ length: Math.min(17, Math.max(0, ref.to - ref.from + 1)) }, (_, i) =>
              ref.prefix + String(ref.from + i).padStart(ref.width, '0'));
        for (const code of codes) {
          const unit = unitByCode(code);
          if (!unit) {
            reject(t('cmd.no_unit', { code }), ref.code);
            return null;
          }
          found.set(unit.code, tierOf(unit.code));
        }
        break;
      }
    }
  }
  return found;
}

function doOrder(line: Line & { verb: 'order' }, sure: (what: string) => boolean): boolean {
  const incident = find(line.incident);
  if (!incident) return false;
  const units = resolve(line.units, incident);
  if (!units) return false;
  const chosen = new Map([...units].map(([code, tier]) => {
    const unit = city.value.units.get(code);
    return [code, tier ?? (unit ? TIER_OF[unit.kind] : '5')] as const;
  }));
  if (chosen.size > 16) {
    say('bad', t('cmd.too_many'));
    return false;
  }
  if (chosen.size > 5 && !sure(t('cmd.ordered', { units: [...chosen.keys()].join(' '), id: incident.incident_id }))) return false;
  const robbed = [...chosen.keys()].flatMap((code) => {
    const victim = victimOf(code, incident);
    return victim === null ? [] : [`${code} ← #${victim}`];
  });
  if (robbed.length > 0 && !sure(t('cmd.rob', { what: robbed.join(', ') }))) return false;
  select(incident.incident_id);
  order(incident, chosen);
  return true;
}

function eachJob(refs: readonly UnitRef[], act: (unit: Unit, assignment: number) => void): boolean {
  const units = resolve(refs, selected.value);
  if (!units) return false;
  for (const code of units.keys()) {
    const unit = city.value.units.get(code);
    if (!unit || unit.assignment_id === null) {
      return reject(t('cmd.no_job', { code }), code);
    }
  }
  for (const code of units.keys()) {
    const unit = city.value.units.get(code);
    if (unit?.assignment_id != null) act(unit, unit.assignment_id);
  }
  return true;
}

function doState(line: Line & { verb: 'state' }): boolean {
  const { state } = line;
  if (state !== 'on' && state !== 'off' && state !== 'out_of_service') {
    return eachJob(line.units, (unit, assignment) => onBehalf(assignment, unit.code, state));
  }
  const units = resolve(line.units, selected.value);
  if (!units) return false;
  const before = [...units.keys()].map((code) => ({ unit: code, duty: city.value.units.get(code)?.duty ?? state }));
  const back = (): Command[] => before.filter(({ duty }) => duty !== state).map((held) => ({ op: 'unit.duty', ...held }));
  for (const code of units.keys()) {
    give({ op: 'unit.duty', unit: code, duty: state }, () => t('cmd.state_done', { unit: code, state: word('duty', state) }), { undo: back });
  }
  return true;
}

function doEnd(line: Line & { verb: 'close' | 'cancel' }, sure: (what: string) => boolean): boolean {
  const incident = find(line.incident);
  if (!incident) return false;
  const id = incident.incident_id;
  const open = assignmentsFor(id).filter((item) => ASSIGNMENT_ACTIVE.has(item.state)).length;
  const what = `${t(line.verb === 'close' ? 'detail.close' : 'detail.cancel')} #${id}`;
  if (open > 0 || incident.priority === 1 || line.verb === 'cancel') {
    if (!sure(open > 0 ? `${what} — ${t('detail.clear_all', { n: open })}` : what)) return false;
  }
  const note = line.note === '' ? {} : { note: fitBytes(line.note, TEXT_BYTES.note) };
  if (line.verb === 'close') {
    give({ op: 'incident.close', incident: id, reason: line.reason, clear_all: open > 0, ...note }, () => t('cmd.closed', { id }));
  } else {
    give({ op: 'incident.cancel', incident: id, reason: line.reason, ...note }, () => t('cmd.cancelled', { id }));
  }
  return true;
}

/** A unit, an incident, or else a street. */
async function doFind(text: string): Promise<void> {
  const unit = unitByCode(text);
  if (unit) {
    selectedUnit.value = unit.code;
    showUnit(unit);
    say('ok', `${unit.code} ${unit.name}`);
    return;
  }
  const number = /^#?(\d+)$/.exec(text);
  const incident = number ? city.value.incidents.get(Number(number[1])) : undefined;
  if (incident) {
    select(incident.incident_id);
    show(incident, 16);
    return;
  }
  const reply = await http(`/v1/streets?q=${encodeURIComponent(text)}&limit=1`, api.streets, { token: session.value?.token ?? null });
  const street = reply.ok ? reply.value.streets[0] : undefined;
  if (!street) {
    say('bad', t('cmd.no_place', { text }));
    return;
  }
  show(street, 16);
  say('ok', street.name);
}
