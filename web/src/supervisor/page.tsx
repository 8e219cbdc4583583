import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { INCIDENT_TYPES, TIERS } from '../protocol/values.ts';
import { Field, LanguageButton, ThemeButton } from '../ui/bits.tsx';
import { dateTime } from '../ui/format.ts';
import { Mark } from '../ui/login.tsx';
import { logout, session } from '../ui/session.ts';
import { BulletinView } from './bulletin.tsx';
import { change, definition, download, failure, filter, round, timeZone, waiting } from './data.ts';
import { addressOf, filterOf, NO_FILTER, patrolQuery, PERIODS, periodOf, queryOf, reportQuery, VIEWS, type Filter } from './filter.ts';
import { Drills, League } from './league.tsx';
import { LogView } from './log.tsx';
import { Overview } from './overview.tsx';
import { PatrolView } from './patrol.tsx';
import { Replay } from './replay.tsx';
import { t, word } from './words.ts';

export function SupervisorPage(): JSX.Element {
  useEffect(() => {
    const back = (): void => {
      filter.value = filterOf(location.search);
    };
    addEventListener('popstate', back);
    return () => removeEventListener('popstate', back);
  }, []);
  const now = filter.value;
  return (
    <div class={`sup view-${now.view}`}>
      <header class="sup-top">
        <Mark />
        <h1>{t('page.supervisor')}</h1>
        <span class="muted" role="status">{waiting.value > 0 ? t('common.loading') : ''}</span>
        <span class="spring" />
        <button type="button" onClick={() => void downloadView(now)}>{t('sup.csv')}</button>
        <button type="button" onClick={() => print()}>{t('sup.print')}</button>
        <a href="/console.html">{t('page.console')}</a>
        <LanguageButton />
        <ThemeButton />
        <span>{session.value?.user.display}</span>
        <button type="button" class="ghost" onClick={() => void logout('tab')}>{t('login.logout')}</button>
      </header>
      <nav class="views" aria-label={t('sup.views')}>
        {VIEWS.map((view) => (
          <button key={view} type="button" aria-current={now.view === view ? 'page' : undefined} onClick={() => change({ view })}>
            {t(`sup.view.${view}`)}
          </button>
        ))}
      </nav>
      {now.view === 'replay' ? null : <Filters key={addressOf(now)} />}
      {failure.value !== null ? <p class="warn" role="alert">{failure.value}</p> : null}
      <main id="main" class="sup-main">
        <View />
        {now.view === 'replay' || now.view === 'patrol' ? null : <DefinitionLine />}
      </main>
    </div>
  );
}

function View(): JSX.Element {
  switch (filter.value.view) {
    case 'overview':
      return <Overview />;
    case 'log':
      return <LogView />;
    case 'league':
      return <League />;
    case 'bulletin':
      return <BulletinView />;
    case 'patrol':
      return <PatrolView />;
    case 'drills':
      return <Drills />;
    case 'replay':
      return <Replay />;
  }
}

/** What is on the page, as the engine writes it for spreadsheets. */
async function downloadView(now: Filter): Promise<void> {
  const report = (kind: string, more: Parameters<typeof reportQuery>[1]): Promise<void> =>
    download(`/v1/response-times/${kind}?${reportQuery(now, { ...more, format: 'csv' })}`, kind === 'summary' ? 'response-times' : kind);
  switch (now.view) {
    case 'overview':
      return report('summary', {});
    case 'league':
      return report('summary', { group: now.group });
    case 'drills':
      return report('summary', { group: now.group, drills: true });
    case 'bulletin':
      return report('bulletin', { group: now.group });
    case 'patrol':
      return download(`/v1/patrol?${patrolQuery(now, 'csv')}`, 'patrol');
    case 'log':
    case 'replay':
      return download(`/v1/response-times?${queryOf(now, 'csv')}`, 'log');
  }
}

function Filters(): JSX.Element {
  const now = filter.value;
  const ofPlaces = now.view === 'patrol'; /* neither of orders nor of incidents */
  return (
    <form
      class="filters"
      onSubmit={(event) => {
        event.preventDefault();
        const data = new FormData(event.currentTarget);
        const text = (name: 'from' | 'to' | 'tier' | 'type' | 'circle' | 'area' | 'unit' | 'district'): string => String(data.get(name) ?? now[name]).trim();
        round.value += 1;
        change({
          from: text('from'), to: text('to'), tier: text('tier'), type: text('type'), circle: text('circle'), area: text('area'),
          unit: text('unit'), district: text('district'), drills: ofPlaces ? now.drills : data.has('drills'),
        });
      }}
    >
      <span class="choice" role="group" aria-label={t('sup.period')}>
        {PERIODS.map((period) => (
          <button key={period} type="button" onClick={() => change(periodOf(period, Date.now(), timeZone()))}>{t(`sup.period.${period}`)}</button>
        ))}
      </span>
      <Field label={t('sup.filter.from')}><input type="datetime-local" name="from" defaultValue={now.from} /></Field>
      <Field label={t('sup.filter.to')}><input type="datetime-local" name="to" defaultValue={now.to} /></Field>
      {ofPlaces ? null : <OfIncidents />}
      <Field label={t('sup.filter.district')}><input name="district" defaultValue={now.district} autocomplete="off" /></Field>
      <Field label={t('sup.filter.circle')}><input name="circle" defaultValue={now.circle} autocomplete="off" /></Field>
      {ofPlaces ? null : <OfOrders />}
      <button type="submit" class="primary">{t('sup.filter.apply')}</button>
      {addressOf({ ...now, view: NO_FILTER.view, group: NO_FILTER.group, by: NO_FILTER.by }) !== '' ? (
        <button type="button" onClick={() => change({ ...NO_FILTER, view: now.view, group: now.group, by: now.by })}>{t('common.clear_filter')}</button>
      ) : null}
    </form>
  );
}

function OfIncidents(): JSX.Element {
  const now = filter.value;
  return (
    <>
      <Field label={t('sup.filter.tier')}>
        <select name="tier">
          <option value="">{t('common.all')}</option>
          {TIERS.map((tier) => <option key={tier} value={tier} selected={now.tier === tier}>{t('tier.label', { tier })}</option>)}
        </select>
      </Field>
      <Field label={t('sup.filter.type')}>
        <select name="type">
          <option value="">{t('common.all')}</option>
          {INCIDENT_TYPES.map((type) => <option key={type} value={type} selected={now.type === type}>{word('type', type)}</option>)}
        </select>
      </Field>
    </>
  );
}

function OfOrders(): JSX.Element {
  const now = filter.value;
  return (
    <>
      <Field label={t('sup.filter.area')}><input name="area" defaultValue={now.area} autocomplete="off" /></Field>
      <Field label={t('sup.filter.unit')}><input name="unit" defaultValue={now.unit} autocomplete="off" /></Field>
      <label class="check"><input type="checkbox" name="drills" defaultChecked={now.drills} />{t('sup.filter.drills')}</label>
    </>
  );
}

/** How every number here was made. */
function DefinitionLine(): JSX.Element | null {
  const d = definition.value;
  if (d === null) return null;
  const zone = timeZone();
  return (
    <dl class="definition" aria-label={t('sup.definition')}>
      <div><dt>{t('sup.def.percentile')}</dt><dd>{d.percentile === 'nearest rank' ? t('sup.def.nearest_rank') : d.percentile}</dd></div>
      <div><dt>{t('sup.def.clock')}</dt><dd>{(d.clock_start ?? '').split(' + ').map((name) => word('sup.clock', name)).join(' + ')}</dd></div>
      <div><dt>{t('sup.def.zone')}</dt><dd>{d.time_zone ?? '—'}</dd></div>
      <div><dt>{t('sup.def.day')}</dt><dd>{d.day_starts ?? '—'}</dd></div>
      <div><dt>{t('sup.def.shifts')}</dt><dd>{d.shifts ?? '—'}</dd></div>
      <div><dt>{t('sup.def.policy')}</dt><dd>{(d.policy ?? '').split(' + ').map((name) => word('policy', name)).join(' + ')}</dd></div>
      {d.from_ms || d.to_ms ? <div><dt>{t('sup.period')}</dt><dd>{dateTime(d.from_ms, zone)} – {dateTime(d.to_ms, zone)}</dd></div> : null}
    </dl>
  );
}
