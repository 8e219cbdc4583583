import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { http } from '../link/http.ts';
import * as api from '../protocol/http.ts';
import { Field } from '../ui/bits.tsx';
import { failed, Message, token, type Said } from './shared.tsx';
import { t } from './words.ts';

export function Devices(): JSX.Element {
  const said = useSignal<Said | null>(null);
  const made = useSignal<api.Devices['devices']>([]);

  async function make(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const units = String(new FormData(event.currentTarget as HTMLFormElement).get('units') ?? '')
      .split(/[\s,，、]+/).filter((code) => code !== '');
    const reply = await http('/v1/devices', api.devices, { method: 'POST', token: token(), body: { units } });
    if (reply.ok) {
      made.value = reply.value.devices;
      said.value = { good: true, text: t('admin.device.once') };
    } else failed(reply.problem, reply.status, said);
  }

  return (
    <section class="narrow" aria-label={t('admin.devices')}>
      <h2>{t('admin.devices')}</h2>
      <form class="stack" onSubmit={(event) => void make(event)}>
        <Field label={t('admin.device.units')}><textarea name="units" rows={3} required spellcheck={false} /></Field>
        <div class="row"><button type="submit" class="primary">{t('admin.device.create')}</button></div>
      </form>
      <Message said={said} />
      {made.value.length > 0 ? (
        <table>
          <thead><tr><th scope="col">{t('login.unit')}</th><th scope="col">{t('admin.device.secret')}</th></tr></thead>
          <tbody>
            {made.value.map((device) => <tr key={device.unit}><th scope="row">{device.unit}</th><td><code>{device.secret}</code></td></tr>)}
          </tbody>
        </table>
      ) : null}
    </section>
  );
}
