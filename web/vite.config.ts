import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { budgets, gzipSiblings, serviceWorker } from './plugins/index.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  oxc: { jsx: { runtime: 'automatic' as const, importSource: 'preact' } },
  worker: { format: 'es' as const },
  plugins: [
    serviceWorker(here('src/unit/sw.js')),
    budgets({ 'unit.html': 40 * 1024, 'console.html': 60 * 1024, 'supervisor.html': 80 * 1024 }),
    gzipSiblings(),
  ],
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    rollupOptions: {
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
