/* A picture that the engine keeps: small, and large when it is asked for. The file needs the token, so it
 * is fetched and shown from memory; what was fetched once is not fetched again. */

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { httpBlob } from '../link/http.ts';
import { t } from './photo_words.ts';
import { problemText } from './problem.ts';
import { session } from './session.ts';

const KEPT_MAX = 64; /* of a few hundred kilobytes each */
const kept = new Map<string, string>();

function keep(path: string, photo: Blob): string {
  const url = URL.createObjectURL(photo);
  kept.set(path, url);
  for (const [oldest, its] of kept) {
    if (kept.size <= KEPT_MAX) break;
    kept.delete(oldest);
    URL.revokeObjectURL(its);
  }
  return url;
}

export function Picture({ path, alt }: { path: string; alt: string }): JSX.Element {
  const url = useSignal<string | null>(kept.get(path) ?? null);
  const trouble = useSignal<string | null>(null);
  const tries = useSignal(0);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (url.peek() !== null) return undefined;
    const stop = new AbortController();
    trouble.value = null;
    void httpBlob(path, { token: session.peek()?.token ?? null, signal: stop.signal }).then((reply) => {
      if (stop.signal.aborted) return;
      if (reply.ok) url.value = keep(path, reply.value);
      else trouble.value = t('failed', { why: problemText(reply.problem) });
    });
    return () => stop.abort();
  }, [path, tries.value]);
  if (url.value === null) {
    return trouble.value === null ? <span class="photo muted" role="status">…</span> : (
      <button type="button" class="link" onClick={() => (tries.value += 1)}>{alt}: {trouble.value} ↻</button>
    );
  }
  return (
    <>
      <button type="button" class="photo" aria-label={t('open', { alt })} onClick={() => dialog.current?.showModal()}>
        <img src={url.value} alt={alt} />
      </button>
      <dialog
        ref={dialog} class="photo-large" aria-label={alt}
        onClick={(press) => press.currentTarget.close()}
        onKeyDown={(press) => press.stopPropagation()} /* the desk's keys wait; Escape is the browser's */
      >
        <img src={url.value} alt={alt} />
        <button type="button" autofocus>{t('close')}</button>
      </dialog>
    </>
  );
}
