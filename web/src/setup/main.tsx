/* The first administrator: the link that the first start prints brings the token in its fragment, which
 * a browser never sends and no log sees. */

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { http } from '../link/http.ts';
import { obj } from '../protocol/check.ts';
import { user } from '../protocol/objects.ts';
import { t } from '../i18n/index.ts';
import { Field, LanguageButton, ThemeButton } from '../ui/bits.tsx';
import { Mark } from '../ui/login.tsx';
import { mount } from '../ui/mount.tsx';
import { problemText } from '../ui/problem.ts';

function tokenFromLink(): string {
  const after = location.hash.replace(/^#/, '');
  const from = new URLSearchParams(after.includes('=') ? after : `token=${after}`);
  const token = from.get('token') ?? new URLSearchParams(location.search).get('token') ?? '';
  if (token !== '') history.replaceState(null, '', location.pathname);
  return token;
}

const given = tokenFromLink();

function Setup(): JSX.Element {
  const busy = useSignal(false);
  const failure = useSignal('');
  const done = useSignal<string | null>(null);

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: string): string => String(data.get(name) ?? '');
    const bytes = new TextEncoder().encode(text('password')).length;
    if (bytes < 10 || bytes > 128) {
      failure.value = t('setup.password_short');
      return;
    }
    busy.value = true;
    const reply = await http('/v1/setup', obj({ user }), {
      method: 'POST',
      body: {
        setup_token: text('token').trim(), name: text('name').trim(),
        display: text('display').trim(), password: text('password'),
      },
    });
    busy.value = false;
    failure.value = reply.ok ? '' : problemText(reply.problem);
    if (reply.ok) done.value = reply.value.user.name;
  }

  return (
    <main class="gate">
      <div class="gate-box">
        <header>
          <Mark />
          <div>
            <p class="muted">{t('app.full')}</p>
            <h1>{t('page.setup')}</h1>
          </div>
        </header>
        {done.value !== null ? (
          <div class="stack" role="status">
            <p>{t('setup.done', { name: done.value })}</p>
            <a href="/admin.html">{t('page.admin')}</a>
          </div>
        ) : (
          <form class="stack" onSubmit={(event) => void submit(event)}>
            <p class="muted">{t('setup.intro')}</p>
            <Field label={t('setup.token')}>
              <input name="token" required defaultValue={given} autocomplete="off" spellcheck={false} />
            </Field>
            <Field label={t('admin.user.name')}>
              <input name="name" required autocomplete="username" autocapitalize="off" spellcheck={false} />
            </Field>
            <Field label={t('admin.user.display')}>
              <input name="display" required autocomplete="name" />
            </Field>
            <Field label={t('admin.user.password')}>
              <input name="password" type="password" required autocomplete="new-password" />
            </Field>
            <p class="error" role="alert">{failure.value}</p>
            <button type="submit" class="primary" disabled={busy.value}>{t('setup.create')}</button>
          </form>
        )}
        <footer>
          <a href="/index.html">{t('page.home')}</a>
          <span class="spring" />
          <LanguageButton />
          <ThemeButton />
        </footer>
      </div>
    </main>
  );
}

mount('page.setup', <Setup />);
