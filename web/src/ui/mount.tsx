/* What every page does first: language, theme, title, the root. */

import { effect } from '@preact/signals';
import { render, type ComponentChild } from 'preact';
import { language, setLanguage, t, type Key } from '../i18n/index.ts';
import { setTheme, theme } from './theme.ts';
import '../styles/base.css';

export function mount(title: Key, page: ComponentChild): void {
  void setLanguage(language.value);
  setTheme(theme.value);
  effect(() => {
    document.title = `${t(title)} · ${t('app')}`;
  });
  const root = document.getElementById('app');
  if (root) render(page, root);
}
