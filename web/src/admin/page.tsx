import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { t } from './words.ts';
import { LanguageButton, ThemeButton } from '../ui/bits.tsx';
import { Mark } from '../ui/login.tsx';
import { logout, session } from '../ui/session.ts';
import { LateCentres } from './centres_late.tsx';
import { Circles } from './circles.tsx';
import { Devices } from './devices.tsx';
import { LatePlans } from './plans_late.tsx';
import { Policy } from './policy.tsx';
import { Roster } from './roster.tsx';
import { LateSpeeds } from './speeds_late.tsx';
import { System } from './system.tsx';
import { Units } from './units.tsx';
import { Users } from './users.tsx';

const PARTS = { system: System, users: Users, units: Units, circles: Circles, plans: LatePlans, centres: LateCentres, devices: Devices, roster: Roster, policy: Policy, speeds: LateSpeeds } as const;
type Tab = keyof typeof PARTS;
const TABS = Object.keys(PARTS) as Tab[];

/** The part stands in the address, so that it can be linked to and survives a reload. */
function tabOf(hash: string): Tab {
  return TABS.find((name) => `#${name}` === hash) ?? 'users';
}

export function AdminPage(): JSX.Element {
  const tab = useSignal<Tab>(tabOf(location.hash));
  const Part = PARTS[tab.value];
  return (
    <div class="admin">
      <header class="admin-top">
        <Mark />
        <h1>{t('page.admin')}</h1>
        <nav>
          {TABS.map((name) => (
            <button
              key={name}
              type="button"
              aria-current={tab.value === name ? 'page' : undefined}
              aria-pressed={tab.value === name}
              onClick={() => {
                tab.value = name;
                history.replaceState(null, '', `#${name}`);
              }}
            >
              {t(`admin.${name}`)}
            </button>
          ))}
        </nav>
        <span class="spring" />
        <LanguageButton />
        <ThemeButton />
        <span>{session.value?.user.display}</span>
        <button type="button" class="ghost" onClick={() => void logout('tab')}>{t('login.logout')}</button>
      </header>
      <main id="main"><Part /></main>
    </div>
  );
}
