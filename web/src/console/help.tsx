import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useLayoutEffect } from 'preact/hooks';
import { ACTIONS, DEFAULT_KEYS, FIXED, keyName, keys, remap, setKeys, type Action } from './keys.ts';
import { helping } from './state.ts';
import { GRAMMAR } from './suggest.ts';
import { t, type Key } from './panel_words.ts';

const OTHER_KEYS: [string, Key][] = [['Esc', 'help.esc'], ['/', 'help.slash'], ['Tab', 'help.tab'], ['Alt+1…9', 'help.alt']];

export function Help(): JSX.Element {
  const changed = ACTIONS.some((action) => keys.value[action] !== DEFAULT_KEYS[action]);
  return (
    <aside class="help" aria-label={t('help.title')}>
      <div class="pane-head">
        <h2>{t('help.title')}</h2>
        <span class="spring" />
        <button type="button" onClick={() => (helping.value = false)}>{t('common.close')} <kbd>{keys.value.help}</kbd></button>
      </div>
      <h3>{t('help.keys')}</h3>
      <dl>
        {OTHER_KEYS.map(([name, key]) => (
          <div key={name}>
            <dt><kbd>{name}</kbd></dt>
            <dd>{t(key)}</dd>
          </div>
        ))}
        {ACTIONS.map((action) => <KeyRow key={action} action={action} />)}
      </dl>
      {changed ? <p class="help-note"><button type="button" onClick={() => setKeys(DEFAULT_KEYS)}>{t('help.key.reset')}</button></p> : null}
      <h3>{t('help.verbs')}</h3>
      <dl>
        {GRAMMAR.map((verb) => (
          <div key={verb.usage}>
            <dt><kbd>{verb.usage}</kbd></dt>
            <dd>{t(verb.help)}</dd>
          </div>
        ))}
      </dl>
    </aside>
  );
}

/** The next key pressed is the new one; Esc leaves it. */
function KeyRow({ action }: { action: Action }): JSX.Element {
  const asking = useSignal(false);
  const why = useSignal<'fixed' | 'taken' | 'bare' | null>(null);
  useLayoutEffect(() => {
    if (!asking.value) return undefined;
    const take = (event: KeyboardEvent): void => {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (/^(Control|Alt|Shift|Meta)$/.test(event.key)) return;
      asking.value = false;
      if (event.key === 'Escape') return;
      const next = remap(keys.value, action, keyName(event));
      why.value = next.ok ? null : next.why;
      if (next.ok) setKeys(next.keys);
    };
    addEventListener('keydown', take, { capture: true });
    return () => removeEventListener('keydown', take, { capture: true });
  }, [asking.value]);
  return (
    <div>
      <dt><kbd>{asking.value ? t('help.key.press') : keys.value[action]}</kbd></dt>
      <dd class="row">
        <span>{t(`help.action.${action}`)}</span>
        <span class="spring" />
        {why.value ? <span class="late" role="status">{t(`help.key.${why.value}`)}</span> : null}
        {FIXED.has(action) ? null : (
          <button type="button" class="link" aria-label={`${t('help.key.change')}: ${t(`help.action.${action}`)}`} onClick={() => (asking.value = true)}>
            {t('help.key.change')}
          </button>
        )}
      </dd>
    </div>
  );
}
