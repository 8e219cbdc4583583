import type { JSX } from 'preact';
import { t, type Key } from '../i18n/index.ts';
import { LanguageButton, ThemeButton } from '../ui/bits.tsx';
import { Mark } from '../ui/login.tsx';
import { mount } from '../ui/mount.tsx';
import './home.css';

const PAGES: { href: string; title: Key; text: Key }[] = [
  { href: '/console.html', title: 'page.console', text: 'home.console' },
  { href: '/unit.html', title: 'page.unit', text: 'home.unit' },
  { href: '/supervisor.html', title: 'page.supervisor', text: 'home.supervisor' },
  { href: '/admin.html', title: 'page.admin', text: 'home.admin' },
];

function Home(): JSX.Element {
  return (
    <main class="home">
      <header>
        <Mark />
        <h1>{t('app.full')}</h1>
        <span class="spring" />
        <LanguageButton />
        <ThemeButton />
      </header>
      <nav>
        {PAGES.map((page) => (
          <a key={page.href} href={page.href}>
            <strong>{t(page.title)}</strong>
            <span class="muted">{t(page.text)}</span>
          </a>
        ))}
      </nav>
    </main>
  );
}

mount('page.home', <Home />);
