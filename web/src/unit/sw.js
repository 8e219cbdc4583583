/* Keeps the unit page, so that a phone without a network opens it. Nothing else: orders, positions and
 * answers go past it. A new version waits until the page asks for it, never during a job. */

const CACHE = 'kuaifan-unit-__VERSION__';
const FILES = ['__FILES__'];

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith('kuaifan-unit-') && name !== CACHE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener('message', (event) => {
  if (event.data === 'activate') self.skipWaiting();
});

self.addEventListener('fetch', (event) => {
  if (event.request.method !== 'GET') return;
  const url = new URL(event.request.url);
  if (url.origin !== self.location.origin) return;
  const path = url.pathname === '/unit' || url.pathname === '/unit/' ? '/unit.html' : url.pathname;
  if (!FILES.includes(path)) return;
  event.respondWith(
    caches.open(CACHE).then((cache) => cache.match(path)).then((kept) => kept ?? fetch(event.request)),
  );
});
