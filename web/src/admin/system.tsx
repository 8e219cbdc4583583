import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Key } from '../i18n/index.ts';
import { t } from './words.ts';
import { http } from '../link/http.ts';
import * as api from '../protocol/http.ts';
import { clock } from '../ui/format.ts';
import { failed, Message, token, type Said } from './shared.tsx';
import { groupsOf, healthOf, type Measure, type System as State } from './system_state.ts';

const EVERY_MS = 2_000;
const SAMPLES_MAX = 90;

export function System(): JSX.Element {
  const samples = useSignal<readonly State[]>([]);
  const seen = useSignal(0);
  const said = useSignal<Said | null>(null);
  useEffect(() => {
    let gone = false;
    const load = async (): Promise<void> => {
      const reply = await http('/v1/system', api.anything, { token: token() });
      if (gone) return;
      if (reply.ok) {
        samples.value = [...samples.value, reply.value].slice(-SAMPLES_MAX);
        seen.value = Date.now();
        said.value = null;
      } else failed(reply.problem, reply.status, said);
    };
    void load();
    const timer = setInterval(() => void load(), EVERY_MS);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, []);

  async function backup(): Promise<void> {
    const reply = await http('/v1/backup', api.backup, { method: 'POST', token: token() });
    if (reply.ok) said.value = { good: true, text: t('admin.backup.done', { path: reply.value.path, seq: reply.value.seq }) };
    else failed(reply.problem, reply.status, said);
  }

  const now = samples.value.at(-1);
  const troubles = now ? healthOf(now) : [];
  return (
    <section class="stack" aria-label={t('admin.system')}>
      <div class="row">
        <h2>{t('admin.system')}</h2>
        <span class="muted">{now ? clock(seen.value) : ''}</span>
        <span class="spring" />
        <button type="button" onClick={() => void backup()}>{t('admin.backup')}</button>
      </div>
      <Message said={said} />
      {now ? (
        <p class={troubles.length === 0 ? 'health good' : 'health warn'} role="status">
          {troubles.length === 0 ? `✓ ${t('admin.health.good')}` : troubles.map((key) => t(key)).join(' · ')}
        </p>
      ) : <p class="muted" role="status">{t('common.loading')}</p>}
      <div class="cards">
        {groupsOf(samples.value).map((group) => (
          <section key={group.name} class="box card" aria-label={t(`admin.group.${group.name}` as Key)}>
            <h3>{t(`admin.group.${group.name}` as Key)}</h3>
            <dl>{group.measures.map((measure) => <Row key={measure.name} measure={measure} />)}</dl>
          </section>
        ))}
      </div>
    </section>
  );
}

function Row({ measure }: { measure: Measure }): JSX.Element {
  return (
    <div class={measure.bad ? 'bad' : ''}>
      <dt>{measure.label ? t(measure.label) : <code>{measure.name}</code>}</dt>
      <dd>
        {measure.history.length > 1 ? <Spark values={measure.history} /> : null}
        <span class="value">{measure.text === 'true' ? t('common.yes') : measure.text === 'false' ? t('common.no') : measure.text}</span>
      </dd>
    </div>
  );
}

/** The last three minutes; the number beside it is what is so now. */
function Spark({ values }: { values: readonly number[] }): JSX.Element {
  const most = Math.max(...values, 1);
  const points = values.map((value, i) => `${((i / (values.length - 1)) * 98 + 1).toFixed(1)},${(19 - (value / most) * 18).toFixed(1)}`).join(' ');
  return <svg class="spark" viewBox="0 0 100 20" width="100" height="20" aria-hidden="true"><polyline points={points} /></svg>;
}
