/* Opening the form of a new report, with what is known already. */

import type { IncidentType } from '../protocol/values.ts';
import { reporting } from './state.ts';

export interface Prefill {
  type?: IncidentType;
  priority?: number;
  street?: string;
}

export const prefill: { value: Prefill } = { value: {} };

export function openReport(from: Prefill = {}): void {
  prefill.value = from;
  reporting.value = true;
}
