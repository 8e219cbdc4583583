/* Drawings of a circle, as GET /v1/circles/CODE/drawings says them; a file of its own, so that only who asks loads it. */

import { count, list, obj, str, type Of } from './check.ts';

export const drawing = obj({ circle: str, name: str, hash: str, media: str, size: count, by: str, since_ms: count });
export const drawings = obj({ drawings: list(drawing) });
export type Drawing = Of<typeof drawing>;

export const drawingsPath = (circle: string): string => `/v1/circles/${encodeURIComponent(circle)}/drawings`;
/** Of the circle that the incident lies in: an order does not say which. */
export const drawingsOfIncident = (incident: number): string => `/v1/incidents/${incident}/drawings`;
