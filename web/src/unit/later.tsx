/* What comes after the page is there: photos, which may wait from before, and checkpoints. */

import type { JSX } from 'preact';
import type { Order } from '../protocol/objects.ts';
import { Checkpoints } from './checkpoints.tsx';
import { Photos } from './photos.tsx';

export function Later({ order }: { order: Order | null }): JSX.Element {
  return (
    <>
      <Photos order={order} />
      <Checkpoints busy={order !== null} />
    </>
  );
}
