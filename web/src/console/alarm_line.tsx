/* A line of the alarm list in words: one alarm, or how many of a cause. */

import type { Alarm } from '../protocol/objects.ts';
import { alarmText } from '../ui/alarm_text.ts';
import type { AlarmLine } from './alarms.ts';
import { word } from './panel_words.ts';

export const lineText = ({ first, all }: AlarmLine): string =>
  all.length > 1 ? `${word('alarm.kind', first.kind)} × ${all.length}` : alarmText(first);

/** Each once: an incident may lack somebody in every tier. */
export const subjectsOf = (alarms: readonly Alarm[]): Alarm[] => [...new Map(alarms.map((alarm) => [alarm.incident_id ?? alarm.circle ?? alarm.checkpoint, alarm])).values()];
