/* What is said of the drawings of a circle: loaded with what shows them. */

import { wordsOf } from '../i18n/own.ts';

export const { t } = wordsOf(
  { drawings: '快反圈的图', alt: '{circle} 的图：{name}' },
  { drawings: 'Drawings of the circle', alt: 'Drawing of {circle}: {name}' },
);
