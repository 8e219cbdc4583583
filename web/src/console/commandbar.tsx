import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { PriorityBadge, StatusGlyph } from '../ui/bits.tsx';
import { duration } from '../ui/format.ts';
import { panels } from './late.ts';
import { city, offers, result, say, selectedId } from './state.ts';
import { suggest, type Suggestion } from './suggest.ts';
import { t, word } from './words.ts';

const HISTORY_MAX = 50;

function suggestions(text: string): Suggestion[] {
  return suggest(text, {
    units: city.value.units.values(),
    incidents: city.value.incidents.values(),
    offers: offers.value.flatMap((tier) => tier.offers.map((offer) => ({
      number: offer.number, unit: offer.candidate.unit, tier: offer.tier, travel_ms: offer.candidate.travel_ms, free: offer.free,
    }))),
    selected: selectedId.value,
    word, help: t, duration,
  });
}

export function CommandBar(): JSX.Element {
  const text = useSignal('');
  /** The line in the list that ↑ ↓ stand on; -1: on none, Enter runs what is typed. */
  const at = useSignal(-1);
  const open = useSignal(false);
  const input = useRef<HTMLInputElement>(null);
  const history = useRef<string[]>([]);
  const back = useRef(0);
  const composing = useRef(false);
  const list = useComputed(() => (open.value ? suggestions(text.value) : []));
  const said = result.value;

  function type(next: string): void {
    text.value = next;
    at.value = -1;
    open.value = next !== '';
  }

  function take(index: number): void {
    const chosen = list.value[index];
    if (chosen) type(chosen.text);
  }

  function submit(event: Event): void {
    event.preventDefault();
    const line = text.value.trim();
    if (line === '' || composing.current) return;
    history.current = [...history.current.filter((held) => held !== line), line].slice(-HISTORY_MAX);
    back.current = history.current.length;
    if (!panels.value) {
      say('bad', t('cmd.loading'));
      return;
    }
    const { done, wrong } = panels.value.run(line);
    if (done) type('');
    else open.value = false;
    if (wrong !== null) mark(wrong);
  }

  /** The word that was not understood: the next key replaces it. */
  function mark(wrong: string): void {
    const from = text.value.toLowerCase().lastIndexOf(wrong.toLowerCase());
    if (from >= 0 && wrong !== '') input.current?.setSelectionRange(from, from + wrong.length);
  }

  function key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const n = list.value.length;
    if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      event.preventDefault();
      const step = event.key === 'ArrowUp' ? -1 : 1;
      if (n > 0) {
        at.value = at.value < 0 ? (step > 0 ? 0 : n - 1) : (at.value + step + n) % n;
      } else {
        back.current = Math.max(0, Math.min(history.current.length, back.current + step));
        text.value = history.current[back.current] ?? '';
        open.value = false;
      }
    } else if (event.key === 'Tab' && !event.shiftKey && n > 0) {
      event.preventDefault();
      take(Math.max(0, at.value));
    } else if (event.key === 'Enter' && at.value >= 0) {
      event.preventDefault();
      take(at.value);
    } else if (event.key === 'Escape') {
      type('');
    }
  }

  return (
    <form class="command" onSubmit={submit}>
      <label for="command">{t('cmd.label')}</label>
      <div class="command-field">
        <input
          id="command"
          ref={input}
          role="combobox"
          aria-expanded={list.value.length > 0}
          aria-controls="suggestions"
          aria-autocomplete="list"
          {...(at.value >= 0 ? { 'aria-activedescendant': `suggestion-${at.value}` } : {})}
          value={text.value}
          placeholder={t('cmd.hint')}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          onCompositionStart={() => (composing.current = true)}
          onCompositionEnd={() => (composing.current = false)}
          onInput={(event) => type(event.currentTarget.value)}
          onBlur={() => (open.value = false)}
          onKeyDown={key}
        />
        <ul id="suggestions" role="listbox" aria-label={t('cmd.suggestions')} hidden={list.value.length === 0}>
          {list.value.map((item, index) => (
            <li
              key={item.text}
              id={`suggestion-${index}`}
              role="option"
              aria-selected={index === at.value}
              onPointerDown={(event) => {
                event.preventDefault();
                take(index);
              }}
            >
              {item.priority !== undefined ? <PriorityBadge priority={item.priority} /> : item.status ? <StatusGlyph status={item.status} /> : <span />}
              <strong>{item.label}</strong>
              <span class="muted cut">{item.detail}</span>
              {index === Math.max(0, at.value) ? <kbd>Tab</kbd> : null}
            </li>
          ))}
        </ul>
      </div>
      <output role="status" class={`result ${said?.kind ?? ''}`}>{said?.text ?? ''}</output>
    </form>
  );
}
