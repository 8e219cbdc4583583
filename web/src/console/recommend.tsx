import type { JSX } from 'preact';
import type { Decision, Incident } from '../protocol/objects.ts';
import { StatusGlyph } from '../ui/bits.tsx';
import { duration } from '../ui/format.ts';
import { CoverageWarning } from './coverage_button.tsx';
import type { Offer, TierOffer } from './derive.ts';
import { isEnded } from './derive.ts';
import { TierClock } from './queue.tsx';
import { city, offers, order, orderPicked, picks, recommend, selected, selectedUnit, show, togglePick } from './state.ts';
import { t, word } from './words.ts';

export function Recommend(): JSX.Element {
  const incident = selected.value;
  return (
    <section class="pane recommend" aria-label={t('rec.title')} data-pane="recommend">
      <div class="pane-head">
        <h2>{t('rec.title')}{incident ? ` #${incident.incident_id}` : ''}</h2>
        <span class="spring" />
        {incident && !isEnded(incident) ? (
          <button type="button" onClick={() => recommend(incident.incident_id)}>{t('rec.ask')}</button>
        ) : null}
      </div>
      {incident ? <Tiers incident={incident} /> : <p class="empty">{t('rec.none')}</p>}
    </section>
  );
}

function Tiers({ incident }: { incident: Incident }): JSX.Element {
  const chosen = picks.value;
  const added = [...chosen].filter(([unit, tier]) =>
    !offers.value.some((item) => item.tier === tier && item.offers.some((offer) => offer.candidate.unit === unit)));
  return (
    <>
      <div class="rec-body" tabIndex={0} role="group" aria-label={t('rec.title')}>
        {offers.value.map((tier) => <Tier key={tier.tier} incident={incident} tier={tier} />)}
        {added.length > 0 ? (
          <p class="row">
            <span class="muted">{t('rec.added')}</span>
            {added.map(([unit, tier]) => (
              <button key={unit} type="button" class="chip" aria-pressed="true" onClick={() => togglePick(unit, tier)}>{unit} ✕</button>
            ))}
          </p>
        ) : null}
      </div>
      {isEnded(incident) ? null : (
        <div class="rec-foot">
          <CoverageWarning />
          <button type="button" class="primary order" disabled={chosen.size === 0} onClick={orderPicked}>
            {chosen.size > 0
              ? t('rec.order_all', { n: chosen.size })
              : t(offers.value.every((tier) => tier.open === 0) ? 'rec.all_ordered' : 'rec.choose')}{' '}
            <kbd>Ctrl+Enter</kbd>
          </button>
        </div>
      )}
    </>
  );
}

/** So many candidates of a tier are seen at once; the others are one click away. */
const SHOWN = 4;

function Tier({ incident, tier }: { incident: Incident; tier: TierOffer }): JSX.Element | null {
  const clock = incident.tiers[tier.tier];
  if (clock.verdict === 'not_asked' && !tier.decision) return null;
  return (
    <section class={`rec-tier t${tier.tier}`}>
      <h3>
        {t('tier.label', { tier: tier.tier })} <TierClock incident={incident} tier={tier.tier} />
        <span class="muted small">{t('tier.wanted', { n: clock.wanted })}</span>
      </h3>
      {tier.offers.length === 0 ? (
        <p class={tier.decision ? 'late' : 'muted'}>
          {t(tier.decision ? 'rec.no_candidate' : 'rec.no_decision')}
          {tier.decision && tier.decision.passed.length > 0 ? <Nearest decision={tier.decision} /> : null}
        </p>
      ) : (
        <>
          <ul>
            {tier.offers.slice(0, SHOWN).map((offer) => <OfferRow key={offer.candidate.unit} incident={incident} offer={offer} />)}
          </ul>
          {tier.offers.length > SHOWN ? (
            <details class="passed">
              <summary>{t('rec.more', { n: tier.offers.length - SHOWN })}</summary>
              <ul class="plain">
                {tier.offers.slice(SHOWN).map((offer) => <OfferRow key={offer.candidate.unit} incident={incident} offer={offer} />)}
              </ul>
            </details>
          ) : null}
        </>
      )}
      {tier.decision ? <Passed decision={tier.decision} /> : null}
    </section>
  );
}

function OfferRow({ incident, offer }: { incident: Incident; offer: Offer }): JSX.Element {
  const { candidate, unit } = offer;
  const chosen = picks.value.get(candidate.unit) === offer.tier;
  const why = [
    t(candidate.in_reach ? 'rec.in_reach' : 'rec.out_of_reach'),
    candidate.by_plan ? t('rec.by_plan') : '',
    candidate.own_area ? t('rec.own_area') : '',
    unit ? word('kind', unit.kind) : '',
    candidate.fix_age_ms !== null ? t('rec.fix_age', { s: Math.round(candidate.fix_age_ms / 1000) }) : '',
  ].filter((text) => text !== '').join(' · ');
  return (
    <li class={`offer${chosen ? ' chosen' : ''}${offer.free || offer.here ? '' : ' gone'}`}>
      <label class="pick">
        <input
          type="checkbox"
          checked={chosen}
          disabled={!offer.free}
          aria-label={`${candidate.unit} ${duration(candidate.travel_ms)}`}
          onChange={() => togglePick(candidate.unit, offer.tier)}
        />
        <span class="no">{offer.number}</span>
      </label>
      <button
        type="button"
        class="link code"
        onClick={() => {
          selectedUnit.value = candidate.unit;
          if (candidate.lat !== null && candidate.lon !== null) show({ lat: candidate.lat, lon: candidate.lon });
        }}
      >
        {candidate.unit}
      </button>
      <span class={`eta${candidate.in_reach ? '' : ' late'}`} title={candidate.estimated ? t('common.estimated') : ''}>
        {candidate.estimated ? '≈' : ''}{duration(candidate.travel_ms)}
      </span>
      <span class="why muted" title={why}>
        {offer.here ? (
          <><StatusGlyph status={unit?.status ?? 'dispatched'} /> {t('rec.already')}</>
        ) : offer.free ? why : t('rec.now_busy', { status: word('status', unit?.status) })}
      </span>
      {offer.free ? (
        <button type="button" onClick={() => order(incident, new Map([[candidate.unit, offer.tier]]))}>
          {t('rec.order', { n: '' })}{offer.number <= 9 ? <kbd>Alt+{offer.number}</kbd> : null}
        </button>
      ) : null}
    </li>
  );
}

/** Nobody can go: at least who would be the nearest, and why they cannot. */
function Nearest({ decision }: { decision: Decision }): JSX.Element {
  const near = decision.passed.toSorted((a, b) => (a.distance_m ?? Infinity) - (b.distance_m ?? Infinity)).slice(0, 3);
  return (
    <span class="muted nearest">
      {t('rec.nearest')}: {near.map((item) => `${item.unit} ${distanceText(item.distance_m)} ${word('reason', item.reason)}`).join(' · ')}
    </span>
  );
}

/** Why not the others: counts first, then the nearest by name. */
function Passed({ decision }: { decision: Decision }): JSX.Element | null {
  const counts = Object.entries(decision.passed_by_reason).sort((a, b) => b[1] - a[1]);
  if (counts.length === 0 && decision.passed.length === 0) return null;
  return (
    <details class="passed">
      <summary>
        {t('rec.passed')}: {counts.map(([reason, n]) => `${word('reason', reason)} ${n}`).join(' · ')}
      </summary>
      <ul>
        {decision.passed.map((item) => (
          <li key={item.unit}>
            <button
              type="button"
              class="link code"
              onClick={() => {
                selectedUnit.value = item.unit;
                const unit = city.value.units.get(item.unit);
                if (unit?.lat != null && unit.lon != null) show({ lat: unit.lat, lon: unit.lon });
              }}
            >
              {item.unit}
            </button>
            <span class="num">{distanceText(item.distance_m)}</span>
            <span class="muted">{item.by_plan ? `${t('rec.by_plan')}: ` : ''}{word('reason', item.reason)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

export function distanceText(metres: number | null): string {
  if (metres === null) return '—';
  return metres < 1000 ? t('rec.distance', { m: metres }) : t('rec.kilometres', { km: (metres / 1000).toFixed(1) });
}
