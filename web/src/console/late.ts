/* What is not needed to see that something rings and to order by key or button: one chunk, fetched as soon as the desk
 * stands, so that it is there before anybody asks for it, and without a link. */

import { late } from '../ui/late.ts';

export const { module: panels, fetch: fetchPanels } = late(() => import('./panels.ts'));
