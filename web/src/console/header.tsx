import type { JSX } from 'preact';
import { Hourglass, LanguageButton, Screens, ThemeButton } from '../ui/bits.tsx';
import { clock } from '../ui/format.ts';
import { Mark } from '../ui/login.tsx';
import { logout, session } from '../ui/session.ts';
import { play, soundReady, soundStart } from '../ui/sound.ts';
import { openView, view } from './screens.ts';
import {
  badFrame, handingOver, held, helping, link, linkState, mute, mutedUntil, now, policy, reporting, silenceS, unanswered,
} from './state.ts';
import { t, word } from './words.ts';

/** Stale: the link stands but has said nothing for longer than a beat and a half. */
export function isStale(): boolean {
  return linkState.value.kind === 'online' && (silenceS.value ?? 0) * 1000 >= 2 * link.heartbeat;
}

function linkText(): string {
  const state = linkState.value;
  switch (state.kind) {
    case 'idle':
    case 'connecting':
      return t(`link.${state.kind}`);
    case 'online':
      return t(isStale() ? 'link.stale' : 'link.online');
    case 'waiting':
      return t('link.waiting', { s: Math.max(0, Math.ceil((state.untilMonotonic - performance.now()) / 1000)) });
    case 'stopped':
      return word('link.stopped', String(state.code));
  }
}

export function Header(): JSX.Element {
  const state = linkState.value.kind;
  const stale = isStale();
  const muted = Math.ceil((mutedUntil.value - now.value) / 1000);
  void now.value; /* the age and the countdown tick */
  return (
    <header class="top">
      <a class="skip" href="#command">{t('common.skip')}</a>
      <Mark />
      <h1>{t('page.console')}</h1>
      <span class={`pill ${stale ? 'stale' : state}`} role="status">
        <span class="dot" aria-hidden="true" />
        {linkText()}
      </span>
      <span class={`age${(silenceS.value ?? 0) > 2 ? ' late' : ' muted'}`}>
        {silenceS.value === null ? '' : t('link.age', { s: silenceS.value })}
      </span>
      {unanswered.value > 0 ? <span class="tag"><Hourglass /> {t('link.unanswered', { n: unanswered.value })}</span> : null}
      <time class="now">{clock(now.value)}</time>
      {policy.value ? <span class="muted policy">{word('policy', policy.value.policy.name)} · {word('mode', policy.value.mode)}</span> : null}
      <span class="spring" />
      <button type="button" class="primary" onClick={() => (reporting.value = true)}>+ {t('report.new')} <kbd>F3</kbd></button>
      {soundReady.value ? (
        <button key="mute" type="button" class="ghost" onClick={mute}>
          {muted > 0 ? t('sound.muted', { s: muted }) : `♪ ${t('sound.on')}`}
        </button>
      ) : (
        <button
          key="enable" /* no button turns into another one under a finger: this one would mute */
          type="button"
          class="sound-off"
          onPointerDown={(event) => event.stopPropagation()} /* the page's first gesture starts it, too */
          onClick={() => void soundStart().then(() => play('accepted'))}
        >
          ♪ {t('sound.enable')}
        </button>
      )}
      <button type="button" class="ghost" onClick={() => (handingOver.value = !handingOver.value)}>{t('handover.short')}</button>
      {view === 'all' ? (
        <>
          <button type="button" class="ghost" title={t('screen.map')} aria-label={t('screen.map')} onClick={() => openView('map')}><Screens /> {t('map.title')}</button>
          <button type="button" class="ghost" title={t('screen.board')} aria-label={t('screen.board')} onClick={() => openView('board')}><Screens /> {t('screen.board_short')}</button>
        </>
      ) : null}
      <ThemeButton />
      <LanguageButton />
      <button type="button" class="ghost" onClick={() => (helping.value = !helping.value)}>? <kbd>F1</kbd></button>
      <span class="who">{session.value?.user.display}</span>
      <button type="button" class="ghost" onClick={() => void logout('tab')}>{t('login.logout')}</button>
    </header>
  );
}

/** What needs a person's word about the link itself. */
export function LinkStrips(): JSX.Element | null {
  const state = linkState.value;
  return (
    <>
      {state.kind === 'stopped' ? (
        <div class="strip" role="alert">
          {linkText()}
          <button type="button" onClick={() => void logout('tab')}>{t('link.reload')}</button>
        </div>
      ) : null}
      {badFrame.value !== null ? (
        <div class="strip warn" role="alert">{t('link.bad', { at: badFrame.value })}</div>
      ) : null}
      {held.value.length > 0 ? (
        <div class="strip warn" role="alert">
          <span>{t('link.held')}</span>
          {held.value.map(({ key, command }) => (
            <span key={key} class="row">
              <code>{command.op === 'incident.order' ? `#${command.incident} ← ${command.units.map((u) => u.unit).join(' ')}` : command.op}</code>
              <button type="button" onClick={() => link.release(key, true)}>{t('link.held.again')}</button>
              <button type="button" onClick={() => link.release(key, false)}>{t('link.held.drop')}</button>
            </span>
          ))}
        </div>
      ) : null}
    </>
  );
}
