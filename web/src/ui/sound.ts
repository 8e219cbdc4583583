/* Tones by WebAudio, no files. They differ in rhythm, not only in pitch. Until somebody has touched the
 * page a browser stays silent: `soundReady` says so and the page shows it. */

import { signal } from '@preact/signals';

export const soundReady = signal(false);
let context: AudioContext | null = null;

/** Call it from a gesture. */
export async function soundStart(): Promise<void> {
  try {
    context ??= new AudioContext();
    await context.resume();
    context.onstatechange = () => {
      soundReady.value = context?.state === 'running';
    };
    soundReady.value = context.state === 'running';
  } catch {
    soundReady.value = false;
  }
}

interface Note {
  hz: number;
  at: number; /* s */
  long: number; /* s */
  slide?: number; /* Hz at the end */
}

const beep = (hz: number, at: number, long: number): Note => ({ hz, at, long });

const TUNES = {
  p1: [beep(880, 0, 0.16), beep(660, 0.2, 0.16), beep(880, 0.4, 0.16), beep(660, 0.6, 0.24)],
  p2: [beep(740, 0, 0.18), beep(740, 0.3, 0.18)],
  accepted: [beep(1175, 0, 0.07)],
  refused: [beep(220, 0, 0.22)],
  lost: [{ hz: 520, at: 0, long: 0.3, slide: 260 }, { hz: 520, at: 0.4, long: 0.3, slide: 260 }],
  order: [beep(988, 0, 0.14), beep(1319, 0.16, 0.14), beep(988, 0.4, 0.14), beep(1319, 0.56, 0.14), beep(1568, 0.8, 0.3)],
} satisfies Record<string, Note[]>;

export type Tune = keyof typeof TUNES;

export function play(tune: Tune, volume = 0.2): void {
  if (!context || context.state !== 'running') return;
  const start = context.currentTime + 0.02;
  for (const note of TUNES[tune] as Note[]) {
    const oscillator = context.createOscillator();
    const gain = context.createGain();
    oscillator.type = 'triangle';
    oscillator.frequency.setValueAtTime(note.hz, start + note.at);
    if (note.slide) oscillator.frequency.linearRampToValueAtTime(note.slide, start + note.at + note.long);
    gain.gain.setValueAtTime(0, start + note.at);
    gain.gain.linearRampToValueAtTime(volume, start + note.at + 0.015);
    gain.gain.setValueAtTime(volume, start + note.at + note.long - 0.03);
    gain.gain.linearRampToValueAtTime(0, start + note.at + note.long);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(start + note.at);
    oscillator.stop(start + note.at + note.long + 0.02);
  }
}
