/* A photo in an incident's timeline. */

import type { JSX } from 'preact';
import type { Event } from '../protocol/objects.ts';
import { clock } from './format.ts';
import { t } from './photo_words.ts';
import { Picture } from './picture.tsx';

type Added = Extract<Event, { kind: 'photo.added' }>;

export const photoSentence = (event: Added, timeZone?: string): string => {
  const values = { who: event.unit ?? event.actor ?? '', kb: Math.ceil(event.size / 1024), time: clock(event.device_ms, timeZone) };
  /* What waited for a network was taken earlier than the record has it. */
  return event.device_ms !== null && event.at_ms - event.device_ms > 60_000 ? t('added_late', values) : t('added', values);
};

export function Photo({ event, timeZone }: { event: Added; timeZone?: string | undefined }): JSX.Element {
  const alt = t('alt', { who: event.unit ?? event.actor ?? '', time: clock(event.device_ms ?? event.at_ms, timeZone) });
  return <Picture path={`/v1/incidents/${event.incident_id}/photos/${event.hash}`} alt={alt} />;
}
