import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { budgets, firstAsks, serviceWorker, smallerSiblings } from './plugins/index.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/* What the unit's page shares with the others is one file: each request more is a wait in a bad network. */
const CORE =
  /preload-helper|node_modules\/(preact|@preact)\/|src\/(styles\/|link\/|store\/rules|i18n\/(index|own)\.|protocol\/(check|values|objects|frames|positions|commands|login)\.|ui\/(mount|late|session|session_check|theme|bits|format|problem|sound)\.)/;

/* The unit's state and words, which its later parts need, too. */
const DUTY = /src\/(unit\/(state|words|newest_fix|outbox|sensors|steps)|store\/orders)\.|node_modules\/idb\//;

export default defineConfig({
  root: here('.'),
  oxc: { jsx: { runtime: 'automatic' as const, importSource: 'preact' } },
  worker: { format: 'es' as const },
  plugins: [
    firstAsks(here('src/ui/first.js')),
    serviceWorker(here('src/unit/sw.js')),
    budgets({ 'unit.html': 40 * 1024, 'console.html': 60 * 1024, 'supervisor.html': 80 * 1024 }),
    smallerSiblings(),
  ],
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    rollupOptions: {
      output: { codeSplitting: { includeDependenciesRecursively: false, groups: [{ name: 'core', test: CORE }, { name: 'duty', test: DUTY }] } },
      input: Object.fromEntries(
        ['index', 'console', 'unit', 'supervisor', 'admin', 'setup'].map((page) => [page, here(`${page}.html`)]),
      ),
    },
  },
  test: {
    environment: 'happy-dom',
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    restoreMocks: true,
    testTimeout: 30_000, /* a busy machine is no defect */
  },
});
