/* The way in is fetched by the phone that needs it: most of the time it is logged in already. */

import { signal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type * as Module from '../ui/login.tsx';
import { t } from '../i18n/index.ts';
import { mayEnter } from '../ui/session.ts';

const AGAIN_MS = 3_000;
const loaded = signal<typeof Module | null>(null);

export function UnitGate({ children }: { children: ComponentChildren }): JSX.Element {
  return mayEnter(['unit']) ? <>{children}</> : <LateLogin />;
}

function LateLogin(): JSX.Element {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = (): void => {
      import('../ui/login.tsx').then(
        (module) => (loaded.value = module),
        () => (timer = setTimeout(load, AGAIN_MS)),
      );
    };
    if (loaded.peek() === null) load();
    return () => clearTimeout(timer);
  }, []);
  const Login = loaded.value?.Login;
  return Login ? <Login title="page.unit" keep="device" roles={['unit']} device /> : <p class="muted" role="status">{t('common.loading')}</p>;
}
