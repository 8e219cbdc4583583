/* Small pieces that several pages share. */

import type { ComponentChildren, JSX } from 'preact';
import { language, setLanguage, t, word } from '../i18n/index.ts';
import type { UnitStatus } from '../protocol/values.ts';
import { setTheme, theme, type Theme } from './theme.ts';

export function LanguageButton(): JSX.Element {
  return (
    <button type="button" class="ghost" onClick={() => void setLanguage(language.value === 'zh' ? 'en' : 'zh')}>
      {t('common.language')}
    </button>
  );
}

const NEXT_THEME: Record<Theme, Theme> = { auto: 'dark', dark: 'light', light: 'auto' };
const THEME_SIGN: Record<Theme, string> = { auto: '◐', dark: '●', light: '○' };

export function ThemeButton(): JSX.Element {
  const now = theme.value;
  return (
    <button
      type="button"
      class="ghost"
      aria-label={`${t('common.theme')}: ${t(`common.theme.${now}`)}`}
      title={`${t('common.theme')}: ${t(`common.theme.${now}`)}`}
      onClick={() => setTheme(NEXT_THEME[now])}
    >
      <span aria-hidden="true">{THEME_SIGN[now]}</span>
    </button>
  );
}

/** The shapes of web status: colour never stands alone. */
export function StatusGlyph({ status, stale }: { status: UnitStatus; stale?: boolean }): JSX.Element {
  return (
    <svg class={`glyph s-${status}${stale ? ' stale' : ''}`} viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      {SHAPES[status]}
    </svg>
  );
}

const SHAPES: Record<UnitStatus, JSX.Element> = {
  available: <circle cx="8" cy="8" r="5.5" />,
  dispatched: <path d="M8 1.6 14.4 8 8 14.4 1.6 8Z" />,
  en_route: <path d="M8 1.8 14.2 13.6H1.8Z" />,
  on_scene: <rect x="2.6" y="2.6" width="10.8" height="10.8" />,
  out_of_service: <circle cx="8" cy="8" r="5" class="hollow" />,
  off_duty: <path d="M4 8h8" class="hollow" />,
};

export function StatusLabel({ status, stale }: { status: UnitStatus; stale?: boolean }): JSX.Element {
  return (
    <span class="status-label">
      <StatusGlyph status={status} stale={stale ?? false} />
      <span>
        {word('status', status)}
        {stale ? <span class="muted" title={t('status.stale')}> ?</span> : null}
      </span>
    </span>
  );
}

export function PriorityBadge({ priority }: { priority: number }): JSX.Element {
  return <span class={`badge p${priority}`}>P{priority}</span>;
}

export function Field({
  label, children, class: name,
}: { label: string; children: ComponentChildren; class?: string }): JSX.Element {
  return (
    <label class={`field ${name ?? ''}`}>
      <span>{label}</span>
      {children}
    </label>
  );
}

/** Not yet confirmed. Drawn, since not every machine has the emoji. */
export function Hourglass(): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="1em" height="1em" role="img" aria-label={t('unit.pending')}>
      <path d="M4 2h8M4 14h8M5 2c0 4 6 4 6 8v4M11 2c0 4-6 4-6 8v4" />
    </svg>
  );
}

export function Crosshair(): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="1em" height="1em" aria-hidden="true">
      <circle cx="8" cy="8" r="4" />
      <path d="M8 1v5M8 10v5M1 8h5M10 8h5" />
    </svg>
  );
}

/** Another window. Drawn, since not every font has the sign. */
export function Screens(): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="1em" height="1em" aria-hidden="true">
      <path d="M5 2h9v9h-3M2 5h9v9H2z" />
    </svg>
  );
}
