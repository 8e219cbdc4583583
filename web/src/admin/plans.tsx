import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { ours } from '../i18n/index.ts';
import { http, httpBlob } from '../link/http.ts';
import * as api from '../protocol/http.ts';
import type { Circle } from '../protocol/objects.ts';
import { plans as plansReply, type Plan } from '../protocol/plans.ts';
import { INCIDENT_TYPES, TIERS } from '../protocol/values.ts';
import { Field } from '../ui/bits.tsx';
import { saveFile } from '../ui/save.ts';
import { draftOf, EMPTY, isWithdrawn, PRIORITIES, rowOf, withdrawalOf, type Draft } from './plan_rows.ts';
import { Roster } from './roster.tsx';
import { failed, Message, putOne, token, type Said } from './shared.tsx';
import { t, word } from './words.ts';

/** Who goes first to what happens in a circle, and what everybody who is ordered is told. */
export function Plans(): JSX.Element {
  const plans = useSignal<readonly Plan[]>([]);
  const circles = useSignal<readonly Circle[]>([]);
  const draft = useSignal<Draft>(EMPTY);
  const said = useSignal<Said | null>(null);
  const text = useSignal('');

  async function load(): Promise<void> {
    const [known, around] = await Promise.all([
      http('/v1/plans', plansReply, { token: token() }), http('/v1/circles', api.circles, { token: token() }),
    ]);
    if (known.ok) plans.value = known.value.plans;
    else failed(known.problem, known.status, said);
    if (around.ok) circles.value = around.value.circles;
    else failed(around.problem, around.status, said);
  }
  useEffect(() => void load(), []);

  async function put(row: Record<string, string>): Promise<void> {
    if (await putOne('plans', row, said)) await load();
  }

  async function save(name: string): Promise<void> {
    const reply = await httpBlob(`/v1/roster/${name}`, { token: token() });
    if (reply.ok) saveFile(reply.value, `kuaifan-${name}`);
    else failed(reply.problem, reply.status, said);
  }

  const edit = (change: Partial<Draft>): void => {
    draft.value = { ...draft.value, ...change };
  };
  const choose = (next: Draft): void => {
    draft.value = next;
    said.value = null;
  };

  const held = draft.value;
  const wanted = text.value.trim().toLowerCase();
  const rows = plans.value.filter((plan) => `${plan.code} ${plan.circle} ${plan.words_zh ?? ''} ${plan.words_en ?? ''}`.toLowerCase().includes(wanted));
  const known = plans.value.find((plan) => plan.code === held.code);
  return (
    <div class="stack">
      <div class="columns plans">
        <section class="stack" aria-label={t('admin.plans')}>
          <div class="row">
            <h2>{t('admin.plans')} {plans.value.length}</h2>
            <input class="filter" type="search" value={text.value} aria-label={t('admin.filter')} placeholder={t('admin.filter')} onInput={(event) => (text.value = event.currentTarget.value)} />
            <span class="spring" />
            <button type="button" onClick={() => void save('plans.csv')}>{t('admin.plan.export', { kind: 'CSV' })}</button>
            <button type="button" onClick={() => void save('plans.geojson')}>{t('admin.plan.export', { kind: 'GeoJSON' })}</button>
          </div>
          <PlanTable rows={rows} chosen={held.code} choose={(plan) => choose(draftOf(plan))} />
        </section>
        <section class="stack" aria-label={t('admin.plan.edit')}>
          <form
            class="box fields"
            onSubmit={(event) => {
              event.preventDefault();
              void put(rowOf(held));
            }}
          >
            <Field label={t('admin.code')}><input name="code" required value={held.code} onInput={(event) => edit({ code: event.currentTarget.value })} autocomplete="off" spellcheck={false} /></Field>
            <Field label={t('admin.circle')}>
              <select name="circle" required value={held.circle} onChange={(event) => edit({ circle: event.currentTarget.value })}>
                <option value="">—</option>
                {circles.value.map((circle) => <option key={circle.code} value={circle.code}>{circle.code} {circle.name}</option>)}
              </select>
            </Field>
            <Choices legend={t('admin.plan.types')} all={INCIDENT_TYPES} name={(type) => word('type', type)} held={held.types} pick={(types) => edit({ types })} />
            <Choices legend={t('admin.plan.priorities')} all={PRIORITIES} name={String} held={held.priorities} pick={(priorities) => edit({ priorities })} />
            {TIERS.map((tier) => (
              <Field key={tier} label={t('admin.plan.tier', { tier })}>
                <input name={`tier_${tier}`} value={held.units[tier]} onInput={(event) => edit({ units: { ...held.units, [tier]: event.currentTarget.value } })} autocomplete="off" spellcheck={false} />
              </Field>
            ))}
            <label class="field wide">
              <span>{t('admin.plan.words_zh')}</span>
              <textarea name="words_zh" rows={3} lang="zh-CN" value={held.words_zh} onInput={(event) => edit({ words_zh: event.currentTarget.value })} />
            </label>
            <label class="field wide">
              <span>{t('admin.plan.words_en')}</span>
              <textarea name="words_en" rows={3} lang="en" value={held.words_en} onInput={(event) => edit({ words_en: event.currentTarget.value })} />
            </label>
            <span class="row wide">
              <button type="submit" class="primary">{t('common.save')}</button>
              <button type="button" onClick={() => choose(EMPTY)}>{t('admin.new')}</button>
              {known && !isWithdrawn(known) ? <button type="button" class="danger" onClick={() => void put(withdrawalOf(draftOf(known)))}>{t('admin.plan.withdraw')}</button> : null}
            </span>
          </form>
          <Message said={said} />
          <p class="muted">{t('admin.plan.note')}</p>
        </section>
      </div>
      <Roster only="plans" done={() => void load()} />
    </div>
  );
}

function PlanTable({ rows, chosen, choose }: { rows: readonly Plan[]; chosen: string; choose: (plan: Plan) => void }): JSX.Element {
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label={t('admin.plans')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('admin.code')}</th><th scope="col">{t('admin.circle')}</th><th scope="col">{t('admin.plan.for')}</th>
            <th scope="col">{t('admin.plan.first')}</th><th scope="col">{t('admin.plan.words')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((plan) => (
            <tr key={plan.code} class={chosen === plan.code ? 'chosen' : ''}>
              <th scope="row"><button type="button" class="link" onClick={() => choose(plan)}>{plan.code}</button></th>
              <td>{plan.circle}</td>
              <td>
                {plan.types.length === INCIDENT_TYPES.length ? t('common.all') : plan.types.map((type) => word('type', type)).join(' ')}
                {plan.priorities.length === PRIORITIES.length ? '' : ` · P${plan.priorities.join(' P')}`}
              </td>
              <td>{TIERS.map((tier) => (plan.units[tier].length === 0 ? null : <div key={tier}>{t('tier.label', { tier })}: {plan.units[tier].join(' ')}</div>))}</td>
              <td class="plan-words">{isWithdrawn(plan) ? <span class="muted">{t('admin.plan.withdrawn')}</span> : ours(plan)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Choices<Item extends string | number>({ legend, all, name, held, pick }: {
  legend: string; all: readonly Item[]; name: (item: Item) => string; held: readonly Item[]; pick: (items: Item[]) => void;
}): JSX.Element {
  return (
    <fieldset class="wide row">
      <legend>{legend}</legend>
      {all.map((item) => (
        <label key={item} class="check">
          <input type="checkbox" checked={held.includes(item)} onChange={(event) => pick(all.filter((other) => (other === item ? event.currentTarget.checked : held.includes(other))))} />
          {name(item)}
        </label>
      ))}
    </fieldset>
  );
}
