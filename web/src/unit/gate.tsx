/* The way in is fetched by the phone that needs it: most of the time it is logged in already. */

import type { ComponentChildren, JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { late } from '../ui/late.ts';
import { mayEnter } from '../ui/session.ts';

const { module, fetch } = late(() => import('../ui/login.tsx'));

export function UnitGate({ children }: { children: ComponentChildren }): JSX.Element {
  return mayEnter(['unit']) ? <>{children}</> : <LateLogin />;
}

function LateLogin(): JSX.Element {
  useEffect(fetch, []);
  const Login = module.value?.Login;
  return Login ? <Login title="page.unit" keep="device" roles={['unit']} device /> : <p class="muted" role="status">{t('common.loading')}</p>;
}
