import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { http } from '../link/http.ts';
import * as api from '../protocol/http.ts';
import { Field } from '../ui/bits.tsx';
import { dateTime } from '../ui/format.ts';
import { failed, Message, token, type Said } from './shared.tsx';
import { accepted, asMapped, changes, driven, keyOf, kmh, mostTelling } from './speed_rows.ts';
import { t, word } from './words.ts';

/** How fast our own units drive, class by class and hour by hour, and what of it counts. */
export function Speeds(): JSX.Element {
  const held = useSignal<api.Speeds | null>(null);
  const chosen = useSignal('');
  const said = useSignal<Said | null>(null);
  const busy = useSignal(false);
  useEffect(() => {
    void http('/v1/speeds', api.speeds, { token: token() }).then((reply) => {
      if (reply.ok) held.value = reply.value;
      else if (reply.status === 404) said.value = { good: false, text: t('admin.speeds.no_map') };
      else failed(reply.problem, reply.status, said);
    });
  }, []);

  async function put(body: object, done: string): Promise<void> {
    busy.value = true;
    const reply = await http('/v1/speeds', api.speeds, { method: 'PUT', token: token(), body });
    busy.value = false;
    if (!reply.ok) {
      failed(reply.problem, reply.status, said);
      return;
    }
    held.value = reply.value;
    said.value = { good: true, text: done };
  }

  const rows = held.value?.speeds ?? [];
  const row = rows.find((each) => keyOf(each) === chosen.value) ?? mostTelling(rows);
  return (
    <section class="stack" aria-label={t('admin.speeds')}>
      <h2>{t('admin.speeds')}</h2>
      <Message said={said} />
      {held.value && row ? (
        <>
          <div class="row">
            <Field label={t('admin.speeds.class')}>
              <select value={keyOf(row)} onChange={(event) => (chosen.value = event.currentTarget.value)}>
                {rows.map((each) => (
                  <option key={keyOf(each)} value={keyOf(each)}>
                    {word('road', each.class)} · {word('kind', each.vehicle)} · {t('admin.speeds.n', { n: driven(each) })}
                    {changes(each).length > 0 ? ' ●' : ''}
                  </option>
                ))}
              </select>
            </Field>
            <span class="spring" />
            <button type="button" disabled={busy.value || row.by === null}
              onClick={() => void put(asMapped(row), t('admin.speeds.back.done'))}>{t('admin.speeds.back')}</button>
            <button type="button" class="primary" disabled={busy.value || changes(row).length === 0}
              onClick={() => void put(accepted(row), t('admin.speeds.accept.done'))}>{t('admin.speeds.accept', { n: changes(row).length })}</button>
          </div>
          <p class="muted">
            {t('admin.speeds.map', { kmh: row.map_kmh })}
            {row.by === null ? '' : ` · ${t('admin.speeds.by', { by: row.by, at: dateTime(row.since_ms) })}`}
          </p>
          <HourTable row={row} now={held.value.hour} zone={held.value.time_zone} />
          <p class="muted">{t('admin.speeds.note', { n: held.value.samples_min })}</p>
        </>
      ) : held.value ? <p class="muted">{t('admin.speeds.no_map')}</p> : <p class="muted" role="status">{t('common.loading')}</p>}
    </section>
  );
}

function HourTable({ row, now, zone }: { row: api.SpeedRow; now: number; zone: string }): JSX.Element {
  const speed = (percent: number): string => `${kmh(row, percent)} km/h (${percent}%)`;
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label={t('admin.speeds')}>
      <table>
        <caption>{t('admin.speeds.zone', { zone })}</caption>
        <thead>
          <tr>
            <th scope="col">{t('admin.speeds.hour')}</th>
            <th scope="col" class="num">{t('admin.speeds.force')}</th>
            <th scope="col" class="num">{t('admin.speeds.proposed')}</th>
            <th scope="col" class="num">{t('admin.speeds.count')}</th>
            <th scope="col" class="num">{t('admin.speeds.half')}</th>
            <th scope="col">{t('admin.speeds.drives')}</th>
          </tr>
        </thead>
        <tbody>
          {row.hours.map((hour) => (
            <tr key={hour.hour} class={hour.hour === now ? 'chosen' : ''} aria-current={hour.hour === now ? 'time' : undefined}>
              <th scope="row">{`${String(hour.hour).padStart(2, '0')}:00`}</th>
              <td class="num">{speed(hour.percent)}</td>
              <td class="num">{hour.proposed === null ? '—' : hour.proposed === hour.percent ? speed(hour.proposed) : <strong>{speed(hour.proposed)}</strong>}</td>
              <td class="num">{hour.n}</td>
              <td class="num">{hour.n === 0 ? '—' : `${hour.p25}–${hour.p75}%`}</td>
              <td>{hour.drives === null ? '' : t(`admin.speeds.${hour.drives}`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
