import { useComputed, useSignal } from '@preact/signals';
import { hoursOf, missing, staffing, type Staffing } from '../protocol/staffing.ts';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { t } from './words.ts';
import { http } from '../link/http.ts';
import * as api from '../protocol/http.ts';
import type { Circle } from '../protocol/objects.ts';
import { Field } from '../ui/bits.tsx';
import { failed, Message, putOne, token, useDistricts, type Said } from './shared.tsx';
import { CircleDrawings } from './circle_drawings.tsx';
import { PlaceMap } from './place_map.tsx';

const RADIUS_M = 500;

export function Circles(): JSX.Element {
  const circles = useSignal<readonly Circle[]>([]);
  const draft = useSignal<Circle | null>(null);
  const said = useSignal<Said | null>(null);
  const text = useSignal('');
  const look = useSignal<{ lat: number; lon: number } | null>(null);
  const onDuty = useSignal<ReadonlyMap<string, Staffing>>(new Map());
  const districts = useDistricts(said) ?? [];
  const shown = useComputed(() => {
    const held = draft.value;
    return held ? [...circles.value.filter((circle) => circle.code !== held.code), held] : circles.value;
  });
  const chosen = useComputed(() => draft.value?.code ?? null);

  async function load(): Promise<void> {
    const [reply, now] = await Promise.all([
      http('/v1/circles', api.circles, { token: token() }), http('/v1/staffing', staffing, { token: token() }),
    ]);
    if (reply.ok) circles.value = reply.value.circles;
    else failed(reply.problem, reply.status, said);
    if (now.ok) onDuty.value = new Map(now.value.staffing.map((line) => [line.circle, line]));
    else failed(now.problem, now.status, said);
  }
  useEffect(() => void load(), []);

  function edit(change: Partial<Circle>): void {
    const held = draft.value ?? { code: '', name: '', lat: 0, lon: 0, radius_m: RADIUS_M, district: null, minimum: null };
    draft.value = { ...held, ...change };
  }

  async function save(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const held = draft.value;
    if (!held) return;
    const good = await putOne('circles', {
      code: held.code.trim(), name: held.name.trim(), lat: held.lat.toFixed(7), lon: held.lon.toFixed(7),
      radius_m: String(held.radius_m), district: held.district ?? '', minimum: held.minimum?.trim() ?? '',
    }, said);
    if (good) await load();
  }

  const wanted = text.value.trim().toLowerCase();
  const rows = circles.value.filter((circle) => `${circle.code} ${circle.name} ${circle.district ?? ''}`.toLowerCase().includes(wanted));
  const held = draft.value;
  const placed = held !== null && (held.lat !== 0 || held.lon !== 0);
  return (
    <div class="workshop">
      <section aria-label={t('admin.circles')}>
        <div class="row">
          <h2>{t('admin.circles')} {circles.value.length}</h2>
          <input class="filter" type="search" value={text.value} aria-label={t('admin.filter')} placeholder={t('admin.filter')} onInput={(event) => (text.value = event.currentTarget.value)} />
        </div>
        <div class="scroll tall" tabIndex={0} role="group" aria-label={t('admin.circles')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('admin.code')}</th><th scope="col">{t('admin.name')}</th>
                <th scope="col" class="num">{t('admin.radius')}</th><th scope="col">{t('admin.district')}</th>
                <th scope="col" class="num">{t('admin.on_duty')}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((circle) => (
                <tr key={circle.code} class={held?.code === circle.code ? 'chosen' : ''}>
                  <th scope="row">
                    <button
                      type="button"
                      class="link"
                      onClick={() => {
                        draft.value = circle;
                        look.value = circle;
                        said.value = null;
                      }}
                    >
                      {circle.code}
                    </button>
                  </th>
                  <td>{circle.name}</td>
                  <td class="num">{circle.radius_m}</td>
                  <td>{circle.district ?? ''}</td>
                  <OnDuty line={onDuty.value.get(circle.code)} />
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
      <section class="stack" aria-label={t('admin.circle.edit')}>
        <form class="box fields" onSubmit={(event) => void save(event)}>
          <Field label={t('admin.code')}><input name="code" required value={held?.code ?? ''} onInput={(event) => edit({ code: event.currentTarget.value })} autocomplete="off" spellcheck={false} /></Field>
          <Field label={t('admin.name')}><input name="name" required value={held?.name ?? ''} onInput={(event) => edit({ name: event.currentTarget.value })} autocomplete="off" /></Field>
          <Field label={t('admin.radius')}>
            <input name="radius" type="number" required min={1} max={100_000} value={held?.radius_m ?? RADIUS_M} onInput={(event) => edit({ radius_m: Number(event.currentTarget.value) })} />
          </Field>
          <Field label={t('admin.district')}>
            <select name="district" value={held?.district ?? ''} onChange={(event) => edit({ district: event.currentTarget.value === '' ? null : event.currentTarget.value })}>
              <option value="">—</option>
              {districts.map((district) => <option key={district.code} value={district.code}>{district.code} {district.name}</option>)}
            </select>
          </Field>
          <Field label={t('admin.minimum')}>
            <input name="minimum" value={held?.minimum ?? ''} placeholder="08:00=3+20:00=2" onInput={(event) => edit({ minimum: event.currentTarget.value })} autocomplete="off" spellcheck={false} />
          </Field>
          <span class={placed ? 'good' : 'muted'} role="status">{placed ? `✓ ${held.lat.toFixed(5)}, ${held.lon.toFixed(5)}` : t('admin.no_place')}</span>
          <span class="row">
            <button type="submit" class="primary" disabled={!placed}>{t('common.save')}</button>
            <button type="button" onClick={() => { draft.value = null; said.value = null; }}>{t('admin.new')}</button>
          </span>
        </form>
        <Message said={said} />
        {held && circles.value.some((circle) => circle.code === held.code) ? <CircleDrawings key={held.code} circle={held.code} /> : null}
        <PlaceMap circles={shown} chosen={chosen} place={(at) => edit(at)} look={look} />
      </section>
    </div>
  );
}

/** Now beside what is planned for this hour. */
function OnDuty({ line }: { line: Staffing | undefined }): JSX.Element {
  if (!line) return <td class="num" />;
  const short = (missing(line) ?? 0) > 0;
  return (
    <td class={short ? 'num late' : 'num'} title={hoursOf(line)}>
      {line.on}{line.minimum === null ? '' : ` / ${line.minimum}`}{short ? ' ⚠' : ''}
    </td>
  );
}
