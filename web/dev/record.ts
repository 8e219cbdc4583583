/* A made-up response-time record for the supervisor page in development. */

import type { Row, Summary } from '../src/protocol/http.ts';
import { INCIDENT_TYPES, TIERS } from '../src/protocol/values.ts';

export function devRows(count: number): Row[] {
  const rows: Row[] = [];
  const start = Date.now() - 864e5;
  for (let i = 0; i < count; i++) {
    const tier = TIERS[i % 3]!;
    const target = { '1': 60_000, '3': 180_000, '5': 300_000 }[tier];
    const received = start + i * 43_000;
    const took = Math.round(target * (0.35 + ((i * 7919) % 97) / 110));
    const never = i % 23 === 0;
    rows.push({
      incident_id: 1000 + Math.floor(i / 3), tier, type: INCIDENT_TYPES[i % 8]!, priority: 1 + (i % 4), drill: i % 31 === 0, district: 'D1',
      circle: `C${1 + (i % 12)}`, unit: never ? null : `P${1 + (i % 400)}`, received_ms: received, created_ms: received + 300, clock_ms: received,
      sent_ms: received + 900, delivered_ms: received + 1200, acknowledged_ms: i % 17 === 0 ? null : received + 8_000, en_route_ms: received + 14_000,
      on_scene_ms: never ? null : received + took, cleared_ms: never ? null : received + took + 600_000, target_ms: target, elapsed_ms: never ? null : took,
      address: 'Avenyn 7', verdict: never ? 'no_unit' : took <= target ? 'met' : 'missed',
    });
  }
  return rows;
}

export function devSummary(rows: readonly Row[]): Summary[] {
  const stages = ['clock_to_on_scene', 'received_to_created', 'created_to_sent', 'sent_to_acknowledged', 'acknowledged_to_en_route', 'en_route_to_on_scene', 'received_to_on_scene'];
  return TIERS.flatMap((tier) =>
    stages.map((stage) => {
      const mine = rows.filter((row) => row.tier === tier && !row.drill);
      const samples = mine.flatMap((row) => (row.elapsed_ms === null ? [] : [row.elapsed_ms])).sort((a, b) => a - b);
      const at = (p: number): number | null => samples[Math.max(0, Math.ceil((p / 100) * samples.length) - 1)] ?? null;
      return {
        tier, stage, n: samples.length, missing: mine.length - samples.length,
        rows: mine.length + 12, excluded: { drill: rows.filter((row) => row.tier === tier && row.drill).length, merged: 1, cancelled: 2, open: 0 },
        met: mine.filter((row) => row.verdict === 'met').length, missed: mine.filter((row) => row.verdict === 'missed').length,
        no_unit: mine.filter((row) => row.verdict === 'no_unit').length,
        p50_ms: at(50), p90_ms: at(90), p95_ms: at(95), p99_ms: at(99), max_ms: samples.at(-1) ?? null,
      };
    }),
  );
}
