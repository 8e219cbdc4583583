/* Light, dark, or as the system says. The colours stand in styles/base.css. */

import { signal } from '@preact/signals';

export type Theme = 'auto' | 'dark' | 'light';
const STORED = 'kuaifan.theme';

export const theme = signal<Theme>(initial());
const system = matchMedia('(prefers-color-scheme: dark)');
const systemDark = signal(system.matches);
system.addEventListener('change', (event) => {
  systemDark.value = event.matches;
});

export function isDark(): boolean {
  return theme.value === 'dark' || (theme.value === 'auto' && systemDark.value);
}

function initial(): Theme {
  try {
    const stored = localStorage.getItem(STORED);
    if (stored === 'dark' || stored === 'light') return stored;
  } catch {
    /* storage is denied: follow the system */
  }
  return 'auto';
}

export function setTheme(next: Theme): void {
  theme.value = next;
  document.documentElement.dataset['theme'] = next;
  try {
    localStorage.setItem(STORED, next);
  } catch {
    /* it holds until the page is closed */
  }
}
