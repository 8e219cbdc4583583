/* Which incident an event is about; null: none. Pure. */

import type { Event } from '../protocol/objects.ts';

export function incidentOf(event: Event): number | null {
  if ('incident_id' in event) return event.incident_id;
  switch (event.kind) {
    case 'report.received':
      return event.report.incident_id;
    case 'incident.opened':
      return event.incident.incident_id;
    case 'decision.made':
      return event.decision.incident_id;
    case 'assignment.sent':
      return event.assignment.incident_id;
    case 'alarm.raised':
      return event.alarm.incident_id;
    case 'referral.sent':
      return event.referral.incident_id;
    case 'notice.sent':
      return event.notice.incident_id;
    case 'district.put':
    case 'districts.cleared':
    case 'circle.put':
    case 'centre.put':
    case 'plan.put':
    case 'unit.put':
    case 'unit.duty':
    case 'audit':
    case 'policy.put':
      return null;
  }
}
