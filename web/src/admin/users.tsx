import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t, word } from './words.ts';
import { http } from '../link/http.ts';
import * as api from '../protocol/http.ts';
import { ROLES, type Role } from '../protocol/values.ts';
import { Field } from '../ui/bits.tsx';
import { session } from '../ui/session.ts';
import { failed, Message, token, useDistricts, type Said } from './shared.tsx';

export function Users(): JSX.Element {
  const users = useSignal<api.Users['users'] | null>(null);
  const said = useSignal<Said | null>(null);
  const role = useSignal<Role>('dispatcher');
  const form = useRef<HTMLFormElement>(null);
  const districts = useDistricts(said);

  async function load(): Promise<void> {
    const reply = await http('/v1/users', api.users, { token: token() });
    if (reply.ok) users.value = reply.value.users;
    else failed(reply.problem, reply.status, said);
  }
  useEffect(() => void load(), []);

  async function act(path: string, body: unknown, done: string): Promise<boolean> {
    const reply = await http(path, () => null, { method: 'POST', token: token(), ...(body === undefined ? {} : { body }) });
    if (reply.ok) {
      said.value = { good: true, text: done };
      await load();
    } else failed(reply.problem, reply.status, said);
    return reply.ok;
  }

  async function create(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: string): string => String(data.get(name) ?? '').trim();
    const districts = data.getAll('scope').map(String);
    const good = await act('/v1/users', {
      name: text('name'), display: text('display'), role: role.value, scope: districts.length === 0 ? 'city' : districts,
      unit: role.value === 'unit' ? text('unit') : null, password: String(data.get('password') ?? ''),
    }, t('admin.user.created', { name: text('name') }));
    if (good) form.current?.reset();
  }

  const path = (name: string, what: string): string => `/v1/users/${encodeURIComponent(name)}/${what}`;
  return (
    <div class="columns">
      <section aria-label={t('admin.users')}>
        <h2>{t('admin.users')}</h2>
        <Message said={said} />
        <div class="scroll" tabIndex={0} role="group" aria-label={t('admin.users')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('admin.user.name')}</th><th scope="col">{t('admin.user.display')}</th>
                <th scope="col">{t('admin.user.role')}</th><th scope="col">{t('admin.user.scope_short')}</th><th scope="col" />
              </tr>
            </thead>
            <tbody>
              {(users.value ?? []).map((user) => (
                <tr key={user.name} class={user.disabled ? 'muted' : ''}>
                  <th scope="row">{user.name}</th>
                  <td>{user.display}</td>
                  <td>{word('role', user.role)}{user.unit ? ` ${user.unit}` : ''}</td>
                  <td>{user.scope === 'city' ? t('common.all') : Array.isArray(user.scope) ? user.scope.join(' ') : ''}</td>
                  <td>
                    {user.disabled ? t('admin.user.disabled') : (
                      <span class="row">
                        <SetPassword name={user.name} set={(password) => act(path(user.name, 'password'), { password }, t('admin.user.password_done', { name: user.name }))} />
                        <button type="button" onClick={() => void act(path(user.name, 'revoke'), undefined, t('admin.user.revoked', { name: user.name }))}>
                          {t('admin.user.revoke')}
                        </button>
                        {user.name === session.value?.user.name ? null : (
                          <button type="button" class="danger" onClick={() => void act(path(user.name, 'disable'), undefined, `${user.name}: ${t('admin.user.disabled')}`)}>
                            {t('admin.user.disable')}
                          </button>
                        )}
                      </span>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
      <form ref={form} class="stack box" onSubmit={(event) => void create(event)}>
        <h2>{t('admin.user.new')}</h2>
        <Field label={t('admin.user.name')}><input name="name" required autocomplete="off" autocapitalize="off" spellcheck={false} /></Field>
        <Field label={t('admin.user.display')}><input name="display" required autocomplete="off" /></Field>
        <Field label={t('admin.user.role')}>
          <select value={role.value} onChange={(event) => (role.value = event.currentTarget.value as Role)}>
            {ROLES.map((name) => <option key={name} value={name}>{word('role', name)}</option>)}
          </select>
        </Field>
        {role.value === 'unit' ? <Field label={t('admin.user.unit')}><input name="unit" required autocomplete="off" /></Field> : null}
        {districts && districts.length > 0 ? (
          <fieldset class="scope">
            <legend>{t('admin.user.scope')}</legend>
            {districts.map((district) => (
              <label key={district.code} class="check"><input type="checkbox" name="scope" value={district.code} />{district.code} {district.name}</label>
            ))}
          </fieldset>
        ) : null}
        <Field label={t('admin.user.password')}><input name="password" type="password" required minLength={10} autocomplete="new-password" /></Field>
        <button type="submit" class="primary" disabled={districts === null}>{t('admin.user.create')}</button>
      </form>
    </div>
  );
}

function SetPassword({ name, set }: { name: string; set: (password: string) => Promise<boolean> }): JSX.Element {
  const open = useSignal(false);
  if (!open.value) return <button type="button" onClick={() => (open.value = true)}>{t('admin.user.password_set')}</button>;
  return (
    <form
      class="row"
      onSubmit={(event) => {
        event.preventDefault();
        const password = String(new FormData(event.currentTarget).get('password') ?? '');
        void set(password).then((good) => {
          if (good) open.value = false;
        });
      }}
    >
      <input name="password" type="password" required minLength={10} autocomplete="new-password" aria-label={`${t('admin.user.password')} ${name}`} />
      <button type="submit">{t('common.save')}</button>
      <button type="button" class="ghost" onClick={() => (open.value = false)}>{t('common.cancel')}</button>
    </form>
  );
}

