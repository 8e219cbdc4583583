import { signal, type ReadonlySignal } from '@preact/signals';

const AGAIN_MS = 3_000;

export interface Late<Module> {
  /** null: not here yet. */
  readonly module: ReadonlySignal<Module | null>;
  /** Fetches it, again and again until it is here; answers how to give up. */
  fetch(): () => void;
}

/** A part of a page in a chunk of its own, for who needs it. */
export function late<Module>(load: () => Promise<Module>): Late<Module> {
  const module = signal<Module | null>(null);
  return {
    module,
    fetch() {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const go = (): void => {
        load().then(
          (loaded) => (module.value = loaded),
          () => (timer = setTimeout(go, AGAIN_MS)),
        );
      };
      if (module.peek() === null) go();
      return () => clearTimeout(timer);
    },
  };
}
