import { useSignal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { t, word, type Key } from '../i18n/index.ts';
import type { Role } from '../protocol/values.ts';
import { LanguageButton, ThemeButton } from './bits.tsx';
import { problemText } from './problem.ts';
import { forget, login, mayEnter, notice, session, type Keep } from './session.ts';

export interface LoginProps {
  title: Key;
  keep: Keep;
  roles: readonly Role[];
  /** A unit may also log in with its device's secret. */
  device?: boolean;
}

/** The page for those who may use it; for others the way in. */
export function LoginGate({ children, ...way }: LoginProps & { children: ComponentChildren }): JSX.Element {
  return mayEnter(way.roles) ? <>{children}</> : <Login {...way} />;
}

export function Login({ title, keep, device }: LoginProps): JSX.Element {
  const held = session.value;
  return (
    <main class="gate">
      <div class="gate-box">
        <header>
          <Mark />
          <div>
            <p class="muted">{t('app.full')}</p>
            <h1>{t(title)}</h1>
          </div>
        </header>
        {held ? (
          <div role="alert" class="warn">
            <p>{t('login.wrong_role', { role: word('role', held.user.role) })}</p>
            <button type="button" onClick={() => forget(keep)}>{t('login.logout')}</button>
          </div>
        ) : (
          <LoginForm keep={keep} device={device ?? false} />
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

export function Mark(): JSX.Element {
  return (
    <svg class="mark" viewBox="0 0 48 48" width="40" height="40" aria-hidden="true">
      <circle cx="24" cy="24" r="22" class="ring5" />
      <circle cx="24" cy="24" r="14.5" class="ring3" />
      <circle cx="24" cy="24" r="7" class="ring1" />
    </svg>
  );
}

function LoginForm({ keep, device }: { keep: Keep; device: boolean }): JSX.Element {
  const asDevice = useSignal(device);
  const busy = useSignal(false);
  const failure = useSignal<string | null>(null);

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const name = String(data.get('name') ?? '').trim();
    const secret = String(data.get('secret') ?? '');
    busy.value = true;
    const reply = await login(
      keep,
      asDevice.value ? { unit: name, secret: secret.trim() } : { name, password: secret },
    );
    busy.value = false;
    failure.value = reply.ok ? null
      : asDevice.value && reply.problem.code === 'login_failed' ? t('login.device_failed') : problemText(reply.problem);
  }

  return (
    <form class="stack" onSubmit={(event) => void submit(event)}>
      {notice.value === 'expired' && failure.value === null ? (
        <p class="warn" role="status">{t('login.expired')}</p>
      ) : null}
      <label class="field">
        <span>{t(asDevice.value ? 'login.unit' : 'login.name')}</span>
        <input name="name" required autocomplete="username" autocapitalize="off" spellcheck={false} />
      </label>
      <label class="field">
        <span>{t(asDevice.value ? 'login.secret' : 'login.password')}</span>
        <input name="secret" type="password" required autocomplete="current-password" />
      </label>
      <p class="error" role="alert">{failure.value}</p>
      <button type="submit" class="primary" disabled={busy.value}>
        {t(busy.value ? 'login.busy' : 'login.submit')}
      </button>
      {device ? (
        <button type="button" class="ghost" onClick={() => (asDevice.value = !asDevice.value)}>
          {t(asDevice.value ? 'login.by_person' : 'login.by_device')}
        </button>
      ) : null}
    </form>
  );
}
