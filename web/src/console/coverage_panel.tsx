/* Coverage as people read it: the gaps with the move that would close them, the circles with one sign a
 * tier. */

import type { JSX } from 'preact';
import { duration } from '../ui/format.ts';
import { COVER_SIGN, coverOf, gapLines } from './cover.ts';
import { coverage, coverageOpen } from './coverage.ts';
import { city, now, selectedUnit, target } from './state.ts';
import { t } from './panel_words.ts';

const LINES_MAX = 100;
const CIRCLE_ZOOM = 15;

function CircleLink({ code }: { code: string }): JSX.Element {
  const circle = city.value.circles.get(code);
  return (
    <button type="button" class="link" onClick={() => circle && (target.value = { lat: circle.lat, lon: circle.lon, zoom: CIRCLE_ZOOM })}>
      {code} {circle?.name ?? ''}
    </button>
  );
}

export function CoveragePanel(): JSX.Element {
  const gaps = coverage.value?.gaps ?? [];
  return (
    <aside id="coverage" class="sheet coverage" aria-label={t('cover.title')}>
      <div class="pane-head">
        <h2>{t('cover.title')}</h2>
        <span class="muted">{COVER_SIGN.covered} {t('cover.covered')} {COVER_SIGN.thin} {t('cover.thin')} {COVER_SIGN.gap} {t('cover.gap')}</span>
        <span class="spring" />
        <button type="button" class="ghost" onClick={() => (coverageOpen.value = false)}>{t('common.close')}</button>
      </div>
      <div class="sheet-body" tabIndex={0} role="group" aria-label={t('cover.title')}>
        <h3>{t('cover.gaps', { n: gaps.length })}</h3>
        {gaps.length === 0 ? <p class="muted">{t('cover.no_gaps')}</p> : null}
        <ul>
          {gapLines(gaps).slice(0, LINES_MAX).map(({ circle, since_ms, sign, moves }) => (
            <li key={circle}>
              <time>{duration(Math.max(0, now.value - since_ms))}</time>
              <strong>{sign}</strong>
              <CircleLink code={circle} />
              <span class="row">
                {moves.map(({ unit, travel_ms }) => (
                  <button key={unit} type="button" class="chip" onClick={() => (selectedUnit.value = unit)}>
                    {t('cover.move', { unit, time: duration(travel_ms) })}
                  </button>
                ))}
                {moves.length === 0 ? <span class="muted">{t('cover.no_move')}</span> : null}
              </span>
              <span />
            </li>
          ))}
        </ul>
        <h3>{t('cover.circles')}</h3>
        <ul class="cover-circles">
          {(coverage.value?.circles ?? []).map((circle) => (
            <li key={circle.circle}>
              {circle.tiers.map((tier) => {
                const cover = coverOf(tier);
                return (
                  <span key={tier.tier} class={`cover-${cover}`} title={tier.units.map((unit) => `${unit.unit} ${duration(unit.travel_ms)}`).join(', ')}>
                    {COVER_SIGN[cover]}{tier.tier}<span class="visually-hidden"> {t(`cover.${cover}`)}</span>
                  </span>
                );
              })}
              <CircleLink code={circle.circle} />
            </li>
          ))}
        </ul>
      </div>
    </aside>
  );
}
