import type { JSX } from 'preact';
import type { Incident } from '../protocol/objects.ts';
import { ASSIGNMENT_ACTIVE, TIERS, type TierName } from '../protocol/values.ts';
import { PriorityBadge } from '../ui/bits.tsx';
import { duration } from '../ui/format.ts';
import { Windowed } from '../ui/windowed.tsx';
import { isLate, tierIsLate, type QueueFilter } from './derive.ts';
import { assignmentsFor, counts, loaded, now, queue, queueFilter, select, selectedId, show } from './state.ts';
import { t, word, type Key } from './words.ts';

const SIGN: Record<Incident['tiers']['1']['verdict'], string> = {
  open: '', met: '✓', missed: '✗', no_unit: '∅', cancelled: '–', not_asked: '·',
};

/** A tier's clock in four characters: what is left, what it took, or why it does not run. */
export function TierClock({ incident, tier }: { incident: Incident; tier: TierName }): JSX.Element {
  const held = incident.tiers[tier];
  const late = tierIsLate(held, now.value);
  const left = held.verdict === 'open' && held.deadline_ms !== null ? held.deadline_ms - now.value : null;
  const text = left !== null ? duration(left) : SIGN[held.verdict];
  const spoken = `${t('tier.label', { tier })}: ${left !== null ? duration(left) : word('verdict', held.verdict)}`;
  return (
    <span class={`tier v-${held.verdict}${late ? ' over' : ''}${left !== null && left < 20_000 ? ' near' : ''}`} title={spoken}>
      <span class="visually-hidden">{spoken}</span>
      <span aria-hidden="true">{text}</span>
    </span>
  );
}

function Row({ incident }: { incident: Incident }): JSX.Element {
  const id = incident.incident_id;
  const active = assignmentsFor(id).filter((item) => ASSIGNMENT_ACTIVE.has(item.state)).length;
  const ended = incident.ended_ms;
  const age = Math.max(0, (ended ?? now.value) - (incident.received_ms ?? incident.created_ms ?? now.value));
  const chosen = selectedId.value === id;
  return (
    <div
      role="row"
      class={`queue-row cols-queue${chosen ? ' chosen' : ''}${incident.state === 'pending' ? ' waits' : ''}`}
      aria-selected={chosen}
      onClick={() => select(id)}
      onDblClick={() => show(incident)}
    >
      <div role="gridcell"><PriorityBadge priority={incident.priority} /></div>
      <div role="gridcell" class="id">{id}</div>
      <div role="gridcell" class="cut" title={`${word('type', incident.type)} ${incident.address ?? ''}`}>
        <strong>{word('type', incident.type)}</strong>{' '}
        {incident.drill ? <span class="tag drill">{t('common.drill')}</span> : null}
        {incident.address ?? <span class="muted">{t('queue.no_address')}</span>}
      </div>
      <div role="gridcell" class={`num${isLate(incident, now.value) && ended === null ? ' late' : ''}`}>{duration(age)}</div>
      <div role="gridcell" class={`state st-${incident.state}`}>{word('state', incident.state)}</div>
      <div role="gridcell" class="tiers">
        {TIERS.map((tier) => <TierClock key={tier} incident={incident} tier={tier} />)}
      </div>
      <div role="gridcell" class="num">{active > 0 ? active : <span class="muted">—</span>}</div>
    </div>
  );
}

export function Queue(): JSX.Element {
  const rows = queue.value;
  const filter = queueFilter.value;
  const n = counts.value;
  const chip = (name: QueueFilter, text: string, alert = false): JSX.Element => (
    <button type="button" class={`chip${alert ? ' alert' : ''}`} aria-pressed={filter === name} onClick={() => (queueFilter.value = name)}>
      {text}
    </button>
  );
  return (
    <section class="pane queue" aria-label={t('queue.title')} data-pane="queue">
      <div class="pane-head">
        <h2>{t('queue.title')}</h2>
        {chip('open', `${t('queue.open')} ${n.open}`)}
        {chip('pending', t('queue.pending', { n: n.pending }), n.pending > 0)}
        {chip('late', t('queue.late', { n: n.late }), n.late > 0)}
        {chip('ended', t('queue.ended'))}
      </div>
      <Windowed
        items={rows}
        rowHeight={32}
        label={t('queue.title')}
        keyOf={(incident) => incident.incident_id}
        move={(step) => {
          const at = rows.findIndex((incident) => incident.incident_id === selectedId.value);
          const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step))];
          if (next) select(next.incident_id);
        }}
        focus={rows.findIndex((incident) => incident.incident_id === selectedId.value)}
        columns={
          <div class="cols-queue head" role="presentation">
            {(['priority', 'id', 'place', 'age', 'state', 'tiers', 'units'] as const).map((name) => (
              <span key={name} role="columnheader" class={name === 'age' || name === 'units' ? 'num' : ''}>
                {t(`queue.col.${name}` as Key)}
              </span>
            ))}
          </div>
        }
        empty={
          !loaded.value ? (
            <span role="status">{t('common.loading')}</span>
          ) : filter === 'open' ? (
            t('queue.empty')
          ) : filter === 'ended' ? (
            t('queue.empty.ended')
          ) : (
            <>
              {t('queue.filtered')} — <button type="button" onClick={() => (queueFilter.value = 'open')}>{t('common.clear_filter')}</button>
            </>
          )
        }
        row={(incident) => <Row incident={incident} />}
      />
    </section>
  );
}
