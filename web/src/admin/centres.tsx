import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { http } from '../link/http.ts';
import * as api from '../protocol/http.ts';
import type { Circle } from '../protocol/objects.ts';
import { Field } from '../ui/bits.tsx';
import { word as centreWord } from '../ui/referral_words.ts';
import { PlaceMap } from './place_map.tsx';
import { failed, Message, putOne, token, useDistricts, type Said } from './shared.tsx';
import { t } from './words.ts';

const KINDS = ['community', 'neighbour'] as const;
const SIGN_M = 60;

type Centre = api.Centres['centres'][number];
type Draft = Omit<Centre, 'lat' | 'lon'> & { lat: number | null; lon: number | null };
const EMPTY: Draft = { code: '', name: '', kind: 'community', lat: null, lon: null, district: null };

/** On the map a centre is a small circle. */
const signOf = ({ code, name, lat, lon, district }: Draft): Circle[] =>
  lat === null || lon === null ? [] : [{ code, name, lat, lon, radius_m: SIGN_M, district, minimum: null }];

/** Whom a dispatcher can divert a dispute to, or ask for units. */
export function Centres(): JSX.Element {
  const centres = useSignal<readonly Centre[]>([]);
  const draft = useSignal<Draft>(EMPTY);
  const said = useSignal<Said | null>(null);
  const text = useSignal('');
  const look = useSignal<{ lat: number; lon: number } | null>(null);
  const districts = useDistricts(said) ?? [];
  const shown = useComputed(() => [...centres.value.filter((centre) => centre.code !== draft.value.code), draft.value].flatMap(signOf));
  const chosen = useComputed(() => draft.value.code);

  async function load(): Promise<void> {
    const reply = await http('/v1/centres', api.centres, { token: token() });
    if (reply.ok) centres.value = reply.value.centres;
    else failed(reply.problem, reply.status, said);
  }
  useEffect(() => void load(), []);

  const edit = (change: Partial<Draft>): void => {
    draft.value = { ...draft.value, ...change };
  };

  function choose(next: Draft): void {
    draft.value = next;
    said.value = null;
    look.value = next.lat !== null && next.lon !== null ? { lat: next.lat, lon: next.lon } : null;
  }

  async function save(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const held = draft.value;
    const good = await putOne('centres', {
      code: held.code.trim(), name: held.name.trim(), kind: held.kind, lat: held.lat?.toFixed(7) ?? '', lon: held.lon?.toFixed(7) ?? '', district: held.district ?? '',
    }, said);
    if (good) await load();
  }

  const held = draft.value;
  const wanted = text.value.trim().toLowerCase();
  const rows = centres.value.filter((centre) => `${centre.code} ${centre.name} ${centre.district ?? ''}`.toLowerCase().includes(wanted));
  return (
    <div class="workshop">
      <section aria-label={t('admin.centres')}>
        <div class="row">
          <h2>{t('admin.centres')} {centres.value.length}</h2>
          <input class="filter" type="search" value={text.value} aria-label={t('admin.filter')} placeholder={t('admin.filter')} onInput={(event) => (text.value = event.currentTarget.value)} />
        </div>
        {centres.value.length === 0 ? <p class="muted">{t('admin.centres.none')}</p> : null}
        <div class="scroll tall" tabIndex={0} role="group" aria-label={t('admin.centres')}>
          <table>
            <thead>
              <tr>{(['code', 'name', 'kind', 'district'] as const).map((name) => <th key={name} scope="col">{t(`admin.${name}`)}</th>)}</tr>
            </thead>
            <tbody>
              {rows.map((centre) => (
                <tr key={centre.code} class={held.code === centre.code ? 'chosen' : ''}>
                  <th scope="row"><button type="button" class="link" onClick={() => choose(centre)}>{centre.code}</button></th>
                  <td>{centre.name}</td>
                  <td>{centreWord('kind', centre.kind)}</td>
                  <td>{centre.district ?? '—'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
      <section class="stack" aria-label={t('admin.centre.edit')}>
        <form class="box fields" onSubmit={(event) => void save(event)}>
          <Field label={t('admin.code')}><input name="code" required value={held.code} onInput={(event) => edit({ code: event.currentTarget.value })} autocomplete="off" spellcheck={false} /></Field>
          <Field label={t('admin.name')}><input name="name" required value={held.name} onInput={(event) => edit({ name: event.currentTarget.value })} autocomplete="off" /></Field>
          <Field label={t('admin.kind')}>
            <select name="kind" value={held.kind} onChange={(event) => edit({ kind: event.currentTarget.value })}>
              {KINDS.map((kind) => <option key={kind} value={kind}>{centreWord('kind', kind)}</option>)}
            </select>
          </Field>
          <Field label={t('admin.district')}>
            <select name="district" value={held.district ?? ''} onChange={(event) => edit({ district: event.currentTarget.value === '' ? null : event.currentTarget.value })}>
              <option value="">—</option>
              {districts.map((district) => <option key={district.code} value={district.code}>{district.code} {district.name}</option>)}
            </select>
          </Field>
          <Field label={t('admin.lat')}><input name="lat" type="number" step="any" min={-90} max={90} required value={held.lat ?? ''} onInput={(event) => edit({ lat: event.currentTarget.value === '' ? null : Number(event.currentTarget.value) })} /></Field>
          <Field label={t('admin.lon')}><input name="lon" type="number" step="any" min={-180} max={180} required value={held.lon ?? ''} onInput={(event) => edit({ lon: event.currentTarget.value === '' ? null : Number(event.currentTarget.value) })} /></Field>
          <span class="row wide">
            <button type="submit" class="primary">{t('common.save')}</button>
            <button type="button" onClick={() => choose(EMPTY)}>{t('admin.new')}</button>
          </span>
        </form>
        <Message said={said} />
        <PlaceMap circles={shown} chosen={chosen} place={(at) => edit(at)} look={look} />
      </section>
    </div>
  );
}
