import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { t, word } from './words.ts';
import { http } from '../link/http.ts';
import * as api from '../protocol/http.ts';
import type { Circle, Unit } from '../protocol/objects.ts';
import { UNIT_KINDS, type UnitKind } from '../protocol/values.ts';
import { Field, StatusLabel } from '../ui/bits.tsx';
import { Windowed } from '../ui/windowed.tsx';
import { failed, Message, putOne, token, useDistricts, type Said } from './shared.tsx';
import { PlaceMap } from './place_map.tsx';

/** PROTOCOL.md §4: the words a roster may use. */
const CAPABILITIES = ['armed', 'first_aid', 'fire', 'traffic'] as const;
const FIXED: ReadonlySet<UnitKind> = new Set(['post', 'station']);

type Draft = Pick<Unit, 'code' | 'name' | 'kind' | 'circle' | 'district' | 'area' | 'people' | 'capabilities' | 'synthetic' | 'lat' | 'lon'>;
const EMPTY: Draft = {
  code: '', name: '', kind: 'post', circle: null, district: null, area: null, people: 2, capabilities: [], synthetic: false, lat: null, lon: null,
};

export function Units(): JSX.Element {
  const units = useSignal<readonly Unit[]>([]);
  const circles = useSignal<readonly Circle[]>([]);
  const areas = useSignal<api.Areas['areas']>([]);
  const draft = useSignal<Draft>(EMPTY);
  const said = useSignal<Said | null>(null);
  const secret = useSignal<{ unit: string; secret: string } | null>(null);
  const text = useSignal('');
  const look = useSignal<{ lat: number; lon: number } | null>(null);
  const districts = useDistricts(said) ?? [];
  const rows = useComputed(() => {
    const wanted = text.value.trim().toLowerCase();
    return units.value.filter((unit) => `${unit.code} ${unit.name} ${unit.circle ?? ''} ${unit.district ?? ''}`.toLowerCase().includes(wanted));
  });
  /* The draft's place, as a small circle among the others. */
  const shown = useComputed<readonly Circle[]>(() => {
    const { lat, lon, code, name } = draft.value;
    return lat === null || lon === null ? circles.value : [...circles.value, { code: `unit ${code}`, name, lat, lon, radius_m: 20, district: null, minimum: null }];
  });
  const chosen = useComputed(() => `unit ${draft.value.code}`);

  async function load(): Promise<void> {
    const [known, around, within] = await Promise.all([
      http('/v1/units', api.units, { token: token() }), http('/v1/circles', api.circles, { token: token() }),
      http('/v1/areas', api.areas, { token: token() }),
    ]);
    if (within.ok) areas.value = within.value.areas;
    if (known.ok) units.value = known.value.units;
    else failed(known.problem, known.status, said);
    if (around.ok) circles.value = around.value.circles;
  }
  useEffect(() => void load(), []);

  const edit = (change: Partial<Draft>): void => {
    draft.value = { ...draft.value, ...change };
  };

  function choose(unit: Draft): void {
    draft.value = unit;
    said.value = null;
    secret.value = null;
    look.value = unit.lat !== null && unit.lon !== null ? { lat: unit.lat, lon: unit.lon } : null;
  }

  async function save(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const held = draft.value;
    const good = await putOne('units', {
      code: held.code.trim(), name: held.name.trim(), kind: held.kind, lat: held.lat?.toFixed(7) ?? '', lon: held.lon?.toFixed(7) ?? '',
      circle: held.circle ?? '', district: held.district ?? '', area: held.area ?? '', people: held.people === null ? '' : String(held.people),
      capabilities: held.capabilities.join('+'), synthetic: held.synthetic ? '1' : '0',
    }, said);
    if (good) await load();
  }

  async function issue(): Promise<void> {
    const reply = await http('/v1/devices', api.devices, { method: 'POST', token: token(), body: { units: [draft.value.code] } });
    if (reply.ok) {
      secret.value = reply.value.devices[0] ?? null;
      said.value = { good: true, text: t('admin.device.once') };
    } else failed(reply.problem, reply.status, said);
  }

  const held = draft.value;
  const known = units.value.some((unit) => unit.code === held.code);
  const needsPlace = FIXED.has(held.kind) && held.lat === null;
  return (
    <div class="workshop">
      <section class="tall-list" aria-label={t('admin.units')}>
        <div class="row">
          <h2>{t('admin.units')} {units.value.length}</h2>
          <input class="filter" type="search" value={text.value} aria-label={t('admin.filter')} placeholder={t('admin.filter')} onInput={(event) => (text.value = event.currentTarget.value)} />
        </div>
        <Windowed
          items={rows.value}
          rowHeight={32}
          label={t('admin.units')}
          keyOf={(unit) => unit.code}
          columns={
            <div class="cols-admin-units head" role="presentation">
              {(['code', 'name', 'kind', 'circle', 'status'] as const).map((name) => <span key={name} role="columnheader">{t(`admin.${name}`)}</span>)}
            </div>
          }
          empty={t('units.empty')}
          row={(unit) => (
            <div role="row" class={`cols-admin-units admin-unit${held.code === unit.code ? ' chosen' : ''}`} onClick={() => choose(unit)}>
              <span role="gridcell"><button type="button" class="link" onClick={() => choose(unit)}>{unit.code}</button></span>
              <span role="gridcell" class="cut">{unit.name}</span>
              <span role="gridcell" class="cut muted">{word('kind', unit.kind)}</span>
              <span role="gridcell" class="cut muted">{unit.circle ?? ''}</span>
              <span role="gridcell"><StatusLabel status={unit.status} /></span>
            </div>
          )}
        />
      </section>
      <section class="stack" aria-label={t('admin.unit.edit')}>
        <form class="box fields" onSubmit={(event) => void save(event)}>
          <Field label={t('admin.code')}><input name="code" required value={held.code} onInput={(event) => edit({ code: event.currentTarget.value })} autocomplete="off" spellcheck={false} /></Field>
          <Field label={t('admin.name')}><input name="name" required value={held.name} onInput={(event) => edit({ name: event.currentTarget.value })} autocomplete="off" /></Field>
          <Field label={t('admin.kind')}>
            <select name="kind" value={held.kind} onChange={(event) => edit({ kind: event.currentTarget.value as UnitKind })}>
              {UNIT_KINDS.map((kind) => <option key={kind} value={kind}>{word('kind', kind)}</option>)}
            </select>
          </Field>
          <Field label={t('admin.circle')}>
            <select name="circle" value={held.circle ?? ''} onChange={(event) => edit({ circle: event.currentTarget.value === '' ? null : event.currentTarget.value })}>
              <option value="">—</option>
              {circles.value.map((circle) => <option key={circle.code} value={circle.code}>{circle.code} {circle.name}</option>)}
            </select>
          </Field>
          <Field label={t('admin.district')}>
            <select name="district" value={held.district ?? ''} onChange={(event) => edit({ district: event.currentTarget.value === '' ? null : event.currentTarget.value })}>
              <option value="">—</option>
              {districts.map((district) => <option key={district.code} value={district.code}>{district.code} {district.name}</option>)}
            </select>
          </Field>
          <Field label={t('admin.area')}>
            <select name="area" value={held.area ?? ''} onChange={(event) => edit({ area: event.currentTarget.value === '' ? null : event.currentTarget.value })}>
              <option value="">—</option>
              {areas.value.map((area) => <option key={area.code} value={area.code}>{area.code} {area.name}</option>)}
            </select>
          </Field>
          <Field label={t('admin.people')}>
            <input name="people" type="number" min={0} max={255} value={held.people ?? ''} onInput={(event) => edit({ people: event.currentTarget.value === '' ? null : Number(event.currentTarget.value) })} />
          </Field>
          <fieldset class="wide row">
            <legend>{t('admin.capabilities')}</legend>
            {CAPABILITIES.map((name) => (
              <label key={name} class="check">
                <input
                  type="checkbox"
                  checked={held.capabilities.includes(name)}
                  onChange={(event) => edit({ capabilities: event.currentTarget.checked ? [...held.capabilities, name] : held.capabilities.filter((other) => other !== name) })}
                />
                {word('capability', name)}
              </label>
            ))}
          </fieldset>
          <span class={held.lat === null ? 'muted' : 'good'} role="status">
            {held.lat !== null && held.lon !== null ? `✓ ${held.lat.toFixed(5)}, ${held.lon.toFixed(5)}` : t(needsPlace ? 'admin.no_place' : 'admin.no_standby')}
          </span>
          <span class="row">
            <button type="submit" class="primary" disabled={needsPlace}>{t('common.save')}</button>
            <button type="button" onClick={() => choose(EMPTY)}>{t('admin.new')}</button>
            {known ? <button type="button" onClick={() => void issue()}>{t('admin.device.create')}</button> : null}
          </span>
        </form>
        <Message said={said} />
        {secret.value ? <p class="secret">{secret.value.unit} <code>{secret.value.secret}</code></p> : null}
        <PlaceMap circles={shown} chosen={chosen} place={(at) => edit(at)} look={look} />
      </section>
    </div>
  );
}
