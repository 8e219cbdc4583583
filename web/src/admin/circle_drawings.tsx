/* The drawings of one circle: put, look at, delete. */

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { http, type Reply } from '../link/http.ts';
import { drawings, drawingsPath, type Drawing } from '../protocol/drawings.ts';
import type { Of } from '../protocol/check.ts';
import { fitBytes } from '../protocol/commands.ts';
import { Field } from '../ui/bits.tsx';
import { DrawingPicture } from '../ui/drawings.tsx';
import { failed, Message, token, type Said } from './shared.tsx';
import { t } from './words.ts';

const NAME_BYTES = 62;

export function CircleDrawings({ circle }: { circle: string }): JSX.Element {
  const held = useSignal<readonly Drawing[]>([]);
  const said = useSignal<Said | null>(null);
  const asked = useSignal<string | null>(null); /* of which it is asked whether it is to go */
  const busy = useSignal(false);
  const file = useRef<HTMLInputElement>(null);

  function take(reply: Reply<Of<typeof drawings>>): boolean {
    if (reply.ok) held.value = reply.value.drawings;
    else failed(reply.problem, reply.status, said);
    return reply.ok;
  }
  useEffect(() => {
    const stop = new AbortController();
    void http(drawingsPath(circle), drawings, { token: token(), signal: stop.signal }).then((reply) => stop.signal.aborted || take(reply));
    return () => stop.abort();
  }, [circle]);

  async function add(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const picture = file.current?.files?.[0];
    const name = (new FormData(form).get('name') as string).trim();
    if (!picture || name === '') return;
    busy.value = true;
    const bytes = await picture.arrayBuffer().then((read) => new Uint8Array(read), () => null);
    const reply = bytes && await http(`${drawingsPath(circle)}?name=${encodeURIComponent(name)}`, drawings, {
      method: 'POST', token: token(), raw: { text: bytes, type: picture.type },
    });
    busy.value = false;
    if (!reply) said.value = { good: false, text: t('admin.drawing.unread') };
    else if (take(reply)) {
      said.value = { good: true, text: t('admin.drawing.added', { name }) };
      form.reset();
    }
  }

  async function remove(drawing: Drawing): Promise<void> {
    asked.value = null;
    const reply = await http(`${drawingsPath(circle)}/${drawing.hash}`, drawings, { method: 'DELETE', token: token() });
    if (take(reply)) said.value = { good: true, text: t('admin.drawing.deleted', { name: drawing.name }) };
  }

  return (
    <section class="box stack" aria-label={t('admin.drawings', { circle })}>
      <h3>{t('admin.drawings', { circle })}</h3>
      {held.value.length === 0 ? <p class="muted">{t('admin.drawings.none')}</p> : (
        <div class="drawings">
          {held.value.map((drawing) => (
            <figure key={drawing.hash}>
              <DrawingPicture drawing={drawing} />
              <figcaption>{drawing.name}</figcaption>
              {asked.value === drawing.hash ? (
                <span class="row">
                  <button
                    type="button" class="danger" ref={(button) => button?.focus()} aria-label={`${t('admin.drawing.really')}: ${drawing.name}`}
                    onClick={() => void remove(drawing)}
                  >{t('admin.drawing.really')}</button>
                  <button type="button" onClick={() => (asked.value = null)}>{t('common.cancel')}</button>
                </span>
              ) : (
                <button type="button" aria-label={`${t('admin.drawing.delete')}: ${drawing.name}`} onClick={() => (asked.value = drawing.hash)}>{t('admin.drawing.delete')}</button>
              )}
            </figure>
          ))}
        </div>
      )}
      <form class="row" onSubmit={(event) => void add(event)}>
        <Field label={t('admin.drawing.name')}><input
          name="name" required autocomplete="off" onInput={({ currentTarget: input }) => (input.value = fitBytes(input.value, NAME_BYTES))}
          placeholder={t('admin.drawing.such_as')} /></Field>
        <Field label={t('admin.drawing.file')}><input ref={file} name="file" type="file" required accept="image/jpeg,image/png,image/webp" /></Field>
        <button type="submit" class="primary" disabled={busy.value}>{t('admin.drawing.add')}</button>
      </form>
      <Message said={said} />
    </section>
  );
}
