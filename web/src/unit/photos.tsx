/* Taking photos at the scene, and what becomes of them: loaded after the page. */

import { effect, signal } from '@preact/signals';
import type { JSX } from 'preact';
import { http } from '../link/http.ts';
import { anything } from '../protocol/http.ts';
import type { Problem } from '../protocol/frames.ts';
import type { Order } from '../protocol/objects.ts';
import { Hourglass } from '../ui/bits.tsx';
import { problemText } from '../ui/problem.ts';
import { forget, session } from '../ui/session.ts';
import { photoBox } from './photo_box.ts';
import { t } from './photo_words.ts';
import { shrink } from './shrink.ts';
import { linkState, loginNeeded, now, seen } from './state.ts';

const waiting = signal(0);
const sent = signal(0);
const trouble = signal<'unread' | 'unkept' | Problem | null>(null);

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
    refused: (problem) => (trouble.value = problem),
    loggedOut() {
      loginNeeded.value = true;
      if (session.peek()) forget('device', 'expired');
    },
  },
);

effect(() => {
  const held = session.value;
  if (held) void box.open(held.user.unit ?? held.user.name);
});
effect(() => {
  if (linkState.value.kind === 'online') box.flush();
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

export function Photos({ order }: { order: Order | null }): JSX.Element | null {
  const state = order && (seen.value?.state ?? order.assignment.state);
  const may = state !== null && state !== 'sent' && state !== 'delivered';
  const what = trouble.value;
  if (!may && waiting.value === 0 && what === null) return null;
  return (
    <section class="photos row">
      {order && may ? (
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
        <span class="warn" role="alert">{typeof what === 'string' ? t(what) : t('refused', { why: problemText(what) })}</span>
      )}
    </section>
  );
}
