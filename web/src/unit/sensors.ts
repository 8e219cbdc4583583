/* The phone's own: position, screen, vibration. Each may be missing or refused; the page says so. */

import { signal } from '@preact/signals';

export interface Fix {
  lat: number;
  lon: number;
  at_ms: number;
  heading: number | null;
  speed_kmh: number | null;
  accuracy_m: number;
}

export type GpsState = 'off' | 'insecure' | 'wait' | 'denied' | 'none' | 'ok';

export const gps = signal<{ state: GpsState; fix: Fix | null }>({ state: 'off', fix: null });
export const awake = signal(false);

let watching: number | null = null;

export function gpsStart(onFix: (fix: Fix) => void): void {
  if (watching !== null) return;
  if (!window.isSecureContext || !('geolocation' in navigator)) {
    gps.value = { state: window.isSecureContext ? 'none' : 'insecure', fix: null };
    return;
  }
  gps.value = { ...gps.value, state: gps.value.fix ? 'ok' : 'wait' };
  watching = navigator.geolocation.watchPosition(
    (position) => {
      const c = position.coords;
      const fix: Fix = {
        lat: c.latitude,
        lon: c.longitude,
        at_ms: Math.round(position.timestamp),
        heading: c.heading !== null && Number.isFinite(c.heading) ? c.heading : null,
        speed_kmh: c.speed !== null && Number.isFinite(c.speed) ? c.speed * 3.6 : null,
        accuracy_m: c.accuracy,
      };
      gps.value = { state: 'ok', fix };
      onFix(fix);
    },
    (error) => {
      gps.value = { ...gps.value, state: error.code === error.PERMISSION_DENIED ? 'denied' : 'none' };
    },
    { enableHighAccuracy: true, maximumAge: 2_000, timeout: 20_000 },
  );
}

export function gpsStop(): void {
  if (watching !== null) navigator.geolocation.clearWatch(watching);
  watching = null;
  gps.value = { state: 'off', fix: null };
}

let lock: WakeLockSentinel | null = null;

/** A page in the background is refused; asked again on the next gesture or when it is seen. */
export async function stayAwake(): Promise<void> {
  if (lock !== null || document.hidden || !('wakeLock' in navigator)) return;
  try {
    lock = await navigator.wakeLock.request('screen');
    awake.value = true;
    lock.addEventListener('release', () => {
      lock = null;
      awake.value = false;
    });
  } catch {
    awake.value = false;
  }
}

export function buzz(pattern: number | number[]): void {
  if ('vibrate' in navigator) navigator.vibrate(pattern);
}
