/* Where the late ones were: cells on the map, and the worst of them as a list for who sees no map. */

import type { JSX } from 'preact';
import { useCallback } from 'preact/hooks';
import type { Heat } from '../protocol/http.ts';
import type { RecordMap } from './map.ts';
import { MapBox } from './map_box.tsx';
import { lateShare } from './numbers.ts';
import { t } from './words.ts';

const WORST = 5;

export function worstCells(heat: Heat): Heat['cells'] {
  return [...heat.cells].filter((cell) => cell.late > 0).sort((a, b) => b.late - a.late || b.rows - a.rows).slice(0, WORST);
}

export function HeatMap({ heat }: { heat: Heat | null }): JSX.Element {
  const show = useCallback((map: RecordMap) => {
    if (heat) map.showHeat(heat);
  }, [heat]);
  if (heat === null) return <p role="status" class="muted">{t('common.loading')}</p>;
  if (heat.cells.length === 0) return <p class="empty">{t('sup.empty')}</p>;
  const half = heat.cell_e7 / 2e7;
  const worst = worstCells(heat);
  return (
    <>
      <MapBox show={show} label={t('sup.heat')} />
      <p class="legend muted">
        <span class="swatch in-time" /> {t('sup.heat.in_time')} <span class="swatch some" /> <span class="swatch late" /> {t('sup.heat.late')}
      </p>
      <ol class="worst" aria-label={t('sup.heat.worst')}>
        {worst.map((cell) => (
          <li key={`${cell.lat}/${cell.lon}`}>
            {(cell.lat + half).toFixed(4)}, {(cell.lon + half).toFixed(4)}: {t('sup.heat.cell', { late: cell.late, rows: cell.rows, share: lateShare(cell.late, cell.rows) })}
          </li>
        ))}
      </ol>
    </>
  );
}
