/* Pictures on the phone, loaded after the page: the drawings of the circle, and photos taken at the scene. */

import { effect, signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { http } from '../link/http.ts';
import { drawingsOfIncident } from '../protocol/drawings.ts';
import { anything } from '../protocol/login.ts';
import type { Order } from '../protocol/objects.ts';
import { Hourglass } from '../ui/bits.tsx';
import { Drawings } from '../ui/drawings.tsx';
import { clock } from '../ui/format.ts';
import { problemText } from '../ui/problem.ts';
import { forget, session } from '../ui/session.ts';
import { photoBox } from './photo_box.ts';
import { PhotoShelf, type Refused } from './photo_shelf.ts';
import { t } from './photo_words.ts';
import { shrink } from './shrink.ts';
import { linkState, loginNeeded, now, seen } from './state.ts';

const KEEP_AGAIN_MS = 1000;

const waiting = signal(0);
const sent = signal(0);
const trouble = signal<'unread' | 'unkept' | null>(null);
const refused = signal<readonly Refused[]>([]);

const shelf = new PhotoShelf('kuaifan-unit-photos-refused', (mine) => (refused.value = mine));

const box = photoBox(
  'kuaifan-unit-photos',
  {
    put: async (path, bytes) => {
      const reply = await http(path, anything, { method: 'PUT', raw: { text: bytes, type: 'image/jpeg' }, token: session.peek()?.token ?? null });
      if (reply.ok) sent.value += 1;
      return reply;
    },
    now: () => Math.round(now.peek()),
    after(ms, run) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  },
  {
    changed: (entries) => (waiting.value = entries.length),
    refused: ({ at, owner, command: photo }, problem) => keepRefused({ at, owner, photo, problem }),
    loggedOut() {
      loginNeeded.value = true;
      if (session.peek()) forget('device', 'expired');
    },
  },
);

/** On a full phone there is room again when it has left the line: no later photo waits behind it. */
async function keepRefused(photo: Refused): Promise<void> {
  if (await shelf.keep(photo)) return;
  trouble.value = 'unkept';
  setTimeout(() => void shelf.keep(photo), KEEP_AGAIN_MS);
}

effect(() => {
  const held = session.value;
  if (held) {
    const owner = held.user.unit ?? held.user.name;
    void shelf.open(owner).catch(() => undefined).then(() => box.open(owner));
  }
});
/** How often the link has come back. */
const links = signal(0);
effect(() => {
  if (linkState.value.kind !== 'online') return;
  links.value = links.peek() + 1;
  box.flush();
});

async function take(photo: Blob, order: Order): Promise<void> {
  const device_ms = Date.now();
  trouble.value = null;
  const bytes = await shrink(photo);
  if (!bytes) {
    trouble.value = 'unread';
    return;
  }
  const about = { incident: order.incident.incident_id, assignment: order.assignment.assignment_id, device_ms, bytes };
  await box.add(about).catch(() => { /* it is in the line, but not on the phone's disk */
    trouble.value = 'unkept';
    box.flush();
  });
}

function RefusedPhoto({ held }: { held: Refused }): JSX.Element {
  const url = useMemo(() => URL.createObjectURL(new Blob([held.photo.bytes], { type: 'image/jpeg' })), [held]);
  useEffect(() => () => URL.revokeObjectURL(url), [url]);
  const name = t('name', { time: clock(held.photo.device_ms) });
  return (
    <li class="row">
      <img src={url} alt={name} />
      <span class="warn" role="alert">{t('refused', { why: problemText(held.problem) })}</span>
      <a class="button" href={url} download={`${held.photo.incident}-${held.photo.device_ms}.jpg`} aria-label={`${t('save')}: ${name}`}>{t('save')}</a>
      <button type="button" aria-label={`${t('drop')}: ${name}`} onClick={() => void shelf.drop(held.at)}>{t('drop')}</button>
    </li>
  );
}

export function Photos({ order }: { order: Order | null }): JSX.Element {
  const state = order && (seen.value?.state ?? order.assignment.state);
  const may = state !== null && state !== 'sent' && state !== 'delivered';
  /* What is only pressed yet is not said yet: the engine shows them to who has said yes. */
  const said = order !== null && order.assignment.state !== 'sent' && order.assignment.state !== 'delivered';
  return (
    <>
      {order && said ? (
        <Drawings
          key={`${order.incident.lat},${order.incident.lon}`} /* another place, another circle */
          from={drawingsOfIncident(order.incident.incident_id)} again={links.value}
        />
      ) : null}
      <Taken order={may ? order : null} />
    </>
  );
}

/** `order`: one that is accepted. */
function Taken({ order }: { order: Order | null }): JSX.Element | null {
  const what = trouble.value;
  if (!order && waiting.value === 0 && what === null && refused.value.length === 0) return null;
  return (
    <section class="photos row">
      {order ? (
        <label class="button">
          {t('take')}
          <input
            class="visually-hidden" type="file" accept="image/*" capture="environment"
            onChange={(event) => {
              const photo = event.currentTarget.files?.[0];
              event.currentTarget.value = '';
              if (photo) void take(photo, order);
            }}
          />
        </label>
      ) : null}
      <span role="status">
        {waiting.value > 0 ? <><Hourglass /> {t('waits', { n: waiting.value })}</> : sent.value > 0 ? `✓ ${t('sent', { n: sent.value })}` : ''}
      </span>
      {what === null ? null : (
        <span class="warn" role="alert">{t(what)}</span>
      )}
      {refused.value.length === 0 ? null : <ul class="refused">{refused.value.map((held) => <RefusedPhoto key={held.at} held={held} />)}</ul>}
    </section>
  );
}
