/* A problem of the engine as a sentence in the page's language. */

import { t, word } from '../i18n/index.ts';
import type { Problem } from '../protocol/frames.ts';
import { clock } from './format.ts';

export function problemText(problem: Problem): string {
  const known = word('error', problem.code);
  const title = known === problem.code ? word('reason', problem.code) : known;
  const where = problem.pointer ? ` (${t('error.at', { pointer: problem.pointer })})` : '';
  const first = problem.by ? ` (${t('error.by', { name: problem.by, time: clock(problem.by_ms ?? null) })})` : '';
  return title + where + first;
}
