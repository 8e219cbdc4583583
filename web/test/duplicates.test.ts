import { describe, expect, it } from 'vitest';
import { duplicatesOf, DUPLICATES_MAX, NEAR_M, type Call } from '../src/console/duplicates.ts';
import type { Incident } from '../src/protocol/objects.ts';

const incident = (incident_id: number, more: Partial<Incident> = {}): Incident =>
  ({ incident_id, lat: 22.5, lon: 113.4, address: null, phone: null, type: 'fire', priority: 2, ...more }) as Incident;
const nowhere: Call = { at: null, address: '', phone: '' };
const ids = (list: Incident[], call: Partial<Call>): number[] =>
  duplicatesOf(list, { ...nowhere, ...call }).map((item) => item.incident.incident_id);
const north = (m: number): { lat: number; lon: number } => ({ lat: 22.5 + m / 111_195, lon: 113.4 });

describe('what a call may be about', () => {
  it('is what is near, to the metre, the nearest first', () => {
    expect(ids([incident(1)], { at: north(NEAR_M - 1) })).toEqual([1]);
    expect(ids([incident(1)], { at: north(NEAR_M + 1) })).toEqual([]);
    expect(ids([incident(1), incident(2, north(90))], { at: north(100) })).toEqual([2, 1]);
  });

  it('is what has much the same words, before a place is picked', () => {
    const list = [incident(1, { address: '中山东路498号' }), incident(2, { address: '孙文西路12号' })];
    expect(ids(list, { address: '中山东路４９８号门口' })).toEqual([1]);
    expect(ids(list, { address: '中' })).toEqual([]);
  });

  it('is above all who calls again, with or without the country code', () => {
    const list = [incident(1, north(10)), incident(2, { ...north(4000), phone: '+86 138-0000-1234' })];
    expect(ids(list, { at: north(0), phone: '13800001234' })).toEqual([2, 1]);
    expect(ids([incident(2, { phone: '1234' })], { phone: '1234' })).toEqual([]);
  });

  it('is nothing for an empty form, and never a long list', () => {
    const list = Array.from({ length: 9 }, (_, i) => incident(i + 1));
    expect(ids(list, {})).toEqual([]);
    expect(ids(list, { at: north(0) })).toHaveLength(DUPLICATES_MAX);
  });
});
