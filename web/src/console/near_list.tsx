/* What the map shows, as a list: every unit by its distance from the chosen incident. For machines that
 * cannot draw the map, and for people who would rather read. */

import { computed } from '@preact/signals';
import type { JSX } from 'preact';
import { StatusLabel } from '../ui/bits.tsx';
import { duration, metres } from '../ui/format.ts';
import { Windowed } from '../ui/windowed.tsx';
import { isEnded, nearest, type Near } from './derive.ts';
import { distanceText } from './recommend.tsx';
import { city, fleet, now, offers, picks, selected, selectedUnit, togglePick } from './state.ts';
import { TIER_OF } from './units.tsx';
import { t, word } from './panel_words.ts';

/* By the second, not by the position: the list is read. */
const rows = computed<Near[]>(() => {
  void now.value;
  const incident = selected.value;
  return incident ? nearest(city.value.units.values(), (unit) => fleet.at(unit.index), incident, metres) : [];
});

export function NearList(): JSX.Element {
  const incident = selected.value;
  return (
    <div class="near">
      <h2 class="near-title">{incident ? t('near.title', { id: incident.incident_id }) : t('near.none')}</h2>
      {incident ? (
        <Windowed
          items={rows.value}
          rowHeight={32}
          label={t('near.title', { id: incident.incident_id })}
          keyOf={(near) => near.unit.code}
          columns={
            <div class="cols-near head" role="presentation">
              <span role="columnheader">{t('units.col.code')}</span>
              <span role="columnheader">{t('units.col.kind')}</span>
              <span role="columnheader">{t('units.col.status')}</span>
              <span role="columnheader" class="num">{t('near.distance')}</span>
              <span role="columnheader" class="num">{t('rec.eta')}</span>
              <span role="columnheader" />
            </div>
          }
          empty={t('units.empty')}
          row={(near) => <Row near={near} open={!isEnded(incident)} />}
        />
      ) : null}
    </div>
  );
}

const WINDS = ['n', 'ne', 'e', 'se', 's', 'sw', 'w', 'nw'] as const;

function Row({ near: { unit, distance_m, bearing_deg }, open }: { near: Near; open: boolean }): JSX.Element {
  const offer = offers.value.flatMap((tier) => tier.offers).find((item) => item.candidate.unit === unit.code);
  const picked = picks.value.has(unit.code);
  const wind = WINDS[Math.round(bearing_deg / 45) % 8]!;
  return (
    <div role="row" class={`near-row cols-near${selectedUnit.value === unit.code ? ' chosen' : ''}`} onClick={() => (selectedUnit.value = unit.code)}>
      <div role="gridcell" class="cut"><strong>{unit.code}</strong> <span class="muted">{unit.name}</span></div>
      <div role="gridcell" class="cut muted">{word('kind', unit.kind)}</div>
      <div role="gridcell"><StatusLabel status={unit.status} stale={unit.duty === 'on' && fleet.isStale(unit.index, now.value)} /></div>
      <div role="gridcell" class="num">{distanceText(Math.round(distance_m))} <span class="muted">{t(`near.${wind}`)}</span></div>
      <div role="gridcell" class="num">{offer ? duration(offer.candidate.travel_ms) : '—'}</div>
      <div role="gridcell" class="num">
        {open && unit.status === 'available' ? (
          <button
            type="button"
            aria-pressed={picked}
            onClick={(event) => {
              event.stopPropagation();
              togglePick(unit.code, picks.value.get(unit.code) ?? offer?.tier ?? TIER_OF[unit.kind]);
            }}
          >
            {picked ? '✓ ' : ''}{t('units.add')}
          </button>
        ) : null}
      </div>
    </div>
  );
}
