/* Photos on their way: a line of their own, in a store of their own, so that no press waits behind a
 * picture. The rules are the outbox's: kept first, the same key every time, without a limit of tries. */

import type { Reply } from '../link/http.ts';
import { Outbox, type OutboxHandlers, type OutboxWorld } from './outbox.ts';

export interface Photo {
  incident: number;
  assignment: number;
  device_ms: number;
  bytes: Uint8Array<ArrayBuffer>; /* JPEG */
}

export const photoPath = (photo: Photo & { key: string }): string =>
  `/v1/incidents/${photo.incident}/photos/${encodeURIComponent(photo.key)}?assignment=${photo.assignment}&device_ms=${photo.device_ms}`;

export interface PhotoWorld extends Omit<OutboxWorld<Photo>, 'post'> {
  put(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<Reply<unknown>>;
}

export type PhotoHandlers = OutboxHandlers<Photo>;

/** A phone that was out of reach for longer than the engine remembers keys takes a new one: a photo is not
 * lost for that, and had it arrived under the old key, its hash says that it is the same one. */
export function photoBox(name: string, world: PhotoWorld, handlers: PhotoHandlers): Outbox<Photo> {
  const box: Outbox<Photo> = new Outbox<Photo>(
    name,
    { ...world, post: (photo) => world.put(photoPath(photo), photo.bytes) },
    {
      ...handlers,
      refused: (entry, problem) => (problem.code === 'key_expired' ? box.add(entry.command) : handlers.refused(entry, problem)),
    },
  );
  return box;
}
