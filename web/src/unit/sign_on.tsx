/* Signing on with people, equipment and device: loaded when it is opened. */

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { fitBytes } from '../protocol/commands.ts';
import { Field } from '../ui/bits.tsx';
import { signOn } from './state.ts';
import { t, word } from './words.ts';

/** PROTOCOL.md §7. */
const EQUIPMENT = [
  'radio', 'camera', 'shield', 'fork', 'baton', 'firearm', 'first_aid_kit', 'aed', 'extinguisher', 'cones', 'drone',
] as const;

export function SignOn({ people, done }: { people: number; done: () => void }): JSX.Element {
  const crew = useSignal('');
  const count = useSignal(people);
  const device = useSignal('');
  const equipment = useSignal<readonly string[]>([]);
  return (
    <form
      class="sign-on"
      aria-label={t('unit.sign_on')}
      onSubmit={(event) => {
        event.preventDefault();
        signOn({ people: count.value, crew: crew.value.trim(), equipment: [...equipment.value], device: device.value.trim() });
        done();
      }}
    >
      <h1>{t('unit.sign_on')}</h1>
      <Field label={t('unit.crew')}><input name="crew" value={crew.value} autocomplete="off" onInput={(event) => (crew.value = fitBytes(event.currentTarget.value, 191))} /></Field>
      <Field label={t('unit.people')}><input name="people" type="number" min={0} max={999} value={count.value} onInput={(event) => (count.value = Number(event.currentTarget.value))} /></Field>
      <fieldset>
        <legend>{t('unit.equipment')}</legend>
        {EQUIPMENT.map((item) => (
          <label key={item}>
            <input
              type="checkbox"
              checked={equipment.value.includes(item)}
              onChange={(event) => (equipment.value = event.currentTarget.checked ? [...equipment.value, item] : equipment.value.filter((held) => held !== item))}
            />{' '}
            {word('equipment', item)}
          </label>
        ))}
      </fieldset>
      <Field label={t('unit.device')}><input name="device" value={device.value} autocomplete="off" onInput={(event) => (device.value = fitBytes(event.currentTarget.value, 31))} /></Field>
      <button type="submit" class="big acknowledged wide">{t('unit.go_on')}</button>
      <button type="button" class="secondary wide" onClick={done}>{t('common.cancel')}</button>
    </form>
  );
}
