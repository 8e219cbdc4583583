import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { Unit } from '../protocol/objects.ts';
import { DUTIES, UNIT_STATUSES, type TierName } from '../protocol/values.ts';
import { Crosshair, StatusGlyph, StatusLabel } from '../ui/bits.tsx';
import { duration } from '../ui/format.ts';
import { Windowed } from '../ui/windowed.tsx';
import { isEnded, unitsOf, type UnitFilter } from './derive.ts';
import { city, fleet, fleetVersion, give, loaded, now, picks, select, selected, selectedUnit, show, togglePick, units } from './state.ts';
import { t, word } from './words.ts';

export function Units(): JSX.Element {
  const filter = useSignal<UnitFilter>('all');
  const text = useSignal('');
  const rows = useComputed(() => unitsOf(units.value, filter.value, text.value));
  const counts = useComputed(() => {
    const by = new Map<string, number>();
    for (const unit of units.value.values()) by.set(unit.status, (by.get(unit.status) ?? 0) + 1);
    return by;
  });
  const chosen = selectedUnit.value === null ? undefined : city.value.units.get(selectedUnit.value);
  return (
    <section class="pane units" aria-label={t('units.title')} data-pane="units">
      <div class="pane-head">
        <h2>{t('units.title')} {city.value.units.size}</h2>
        <input
          class="filter"
          type="search"
          value={text.value}
          placeholder={t('units.filter')}
          aria-label={t('units.filter')}
          onInput={(event) => (text.value = event.currentTarget.value)}
        />
      </div>
      <div class="chips" role="group" aria-label={t('units.col.status')}>
        {UNIT_STATUSES.filter((status) => (counts.value.get(status) ?? 0) > 0).map((status) => (
          <button
            key={status}
            type="button"
            class="chip"
            aria-pressed={filter.value === status}
            onClick={() => (filter.value = filter.value === status ? 'all' : status)}
          >
            <StatusGlyph status={status} /> {word('status', status)} {counts.value.get(status)}
          </button>
        ))}
      </div>
      {chosen ? <UnitCard key={chosen.code} unit={chosen} /> : null}
      <Windowed
        items={rows.value}
        rowHeight={28}
        label={t('units.title')}
        keyOf={(unit) => unit.code}
        move={(step) => {
          const at = rows.value.findIndex((unit) => unit.code === selectedUnit.value);
          const next = rows.value[at < 0 ? 0 : Math.min(rows.value.length - 1, Math.max(0, at + step))];
          if (next) selectedUnit.value = next.code;
        }}
        focus={rows.value.findIndex((unit) => unit.code === selectedUnit.value)}
        columns={
          <div class="cols-units head" role="presentation">
            <span role="columnheader">{t('units.col.code')}</span>
            <span role="columnheader">{t('units.col.kind')}</span>
            <span role="columnheader">{t('units.col.status')}</span>
            <span role="columnheader" class="num">{t('units.col.since')}</span>
            <span role="columnheader">{t('units.col.job')}</span>
          </div>
        }
        empty={
          !loaded.value ? t('common.loading') : city.value.units.size === 0 ? t('units.empty') : (
            <>
              {t('queue.filtered')} —{' '}
              <button type="button" onClick={() => { filter.value = 'all'; text.value = ''; }}>{t('common.clear_filter')}</button>
            </>
          )
        }
        row={(unit) => <Row unit={unit} />}
      />
    </section>
  );
}

function Row({ unit }: { unit: Unit }): JSX.Element {
  const stale = unit.duty === 'on' && fleet.isStale(unit.index, now.value);
  const chosen = selectedUnit.value === unit.code;
  return (
    <div
      role="row"
      class={`unit-row cols-units${chosen ? ' chosen' : ''}`}
      aria-selected={chosen}
      onClick={() => (selectedUnit.value = chosen ? null : unit.code)}
      onDblClick={() => showUnit(unit)}
    >
      <div role="gridcell" class="cut"><strong>{unit.code}</strong></div>
      <div role="gridcell" class="cut muted">{word('kind', unit.kind)}</div>
      <div role="gridcell"><StatusLabel status={unit.status} stale={stale} /></div>
      <div role="gridcell" class="num muted">{unit.status_ms === null ? '—' : duration(Math.max(0, now.value - unit.status_ms))}</div>
      <div role="gridcell">
        {unit.incident_id === null ? <span class="muted">—</span> : (
          <button
            type="button"
            class="link"
            onClick={(event) => {
              event.stopPropagation();
              select(unit.incident_id);
            }}
          >
            #{unit.incident_id}
          </button>
        )}
      </div>
    </div>
  );
}

export function showUnit(unit: Unit): void {
  const at = fleet.at(unit.index) ?? (unit.lat !== null && unit.lon !== null ? { lat: unit.lat, lon: unit.lon } : null);
  if (at) show(at, 16);
}

export const TIER_OF: Record<Unit['kind'], TierName> = {
  post: '1', station: '5', foot: '3', motorcycle: '3', car: '5', grid: '3', volunteer: '3',
};

function UnitCard({ unit }: { unit: Unit }): JSX.Element {
  void fleetVersion.value;
  const incident = selected.value;
  const age = fleet.ageS(unit.index, now.value);
  const free = unit.status === 'available' && incident !== null && !isEnded(incident);
  return (
    <div class="unit-card">
      <div class="row">
        <strong>{unit.code}</strong>
        <span class="cut">{unit.name}</span>
        {unit.synthetic ? <span class="tag">{t('common.synthetic')}</span> : null}
        <span class="spring" />
        <button type="button" title={t('detail.center')} aria-label={t('detail.center')} onClick={() => showUnit(unit)}><Crosshair /></button>
        <button type="button" class="ghost" aria-label={t('common.close')} onClick={() => (selectedUnit.value = null)}>✕</button>
      </div>
      <div class="row muted small">
        <span>{word('kind', unit.kind)}</span>
        <span>{(unit.people_on ?? unit.people) === null ? '' : t('units.people', { n: unit.people_on ?? unit.people! })}</span>
        <span>{unit.circle === null ? '' : (city.value.circles.get(unit.circle)?.name ?? unit.circle)}</span>
        <span>{age === null ? t('units.no_fix') : t('units.fix', { s: age })}</span>
      </div>
      <div class="small">{[unit.crew, ...unit.equipment.map((item) => word('equipment', item)), unit.device].filter(Boolean).join(' · ')}</div>
      <div class="row">
        <span class="muted">{t('units.duty')}</span>
        {DUTIES.map((duty) => (
          <button
            key={duty}
            type="button"
            class="chip"
            aria-pressed={unit.duty === duty}
            disabled={unit.duty === duty}
            onClick={() => give({ op: 'unit.duty', unit: unit.code, duty }, () => t('cmd.state_done', { unit: unit.code, state: word('duty', duty) }))}
          >
            {word('duty', duty)}
          </button>
        ))}
        <span class="spring" />
        {free ? (
          <button
            type="button"
            class="primary"
            aria-pressed={picks.value.has(unit.code)}
            onClick={() => togglePick(unit.code, picks.value.get(unit.code) ?? TIER_OF[unit.kind])}
          >
            {picks.value.has(unit.code) ? '✓ ' : ''}{t('units.add')}
          </button>
        ) : null}
      </div>
    </div>
  );
}
