/* End-to-end tests against the real engine. Either
 *   KUAIFAN_BIN=../build/release/kuaifan [KUAIFAN_MAP=city.kfmap] npm run e2e   (starts one of its own)
 * or KUAIFAN_URL=http://… KUAIFAN_ADMIN=name:password npm run e2e   (uses a running one; it gets a test roster) */

import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig } from '@playwright/test';

/* The same engine without a browser's own windows about the page, which it would draw, too. */
const SHELL = '/usr/bin/chromium-headless-shell';
const browser = existsSync(SHELL) ? SHELL : '/usr/bin/chromium';

export default defineConfig({
  testDir: 'e2e',
  testMatch: '*.spec.ts',
  outputDir: 'test-results',
  fullyParallel: true,
  /* Each with an engine and a browser of its own; a running engine is shared by nobody. */
  workers: process.env['KUAIFAN_URL'] ? 1 : Math.min(4, availableParallelism()),
  retries: 0,
  timeout: 240_000, // patient: two busy cores draw a page many times slower than a quiet machine
  expect: { timeout: 30_000 },
  reporter: [['list']],
  use: {
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    colorScheme: 'dark',
    viewport: { width: 1600, height: 900 },
    screenshot: 'only-on-failure',
    /* What was done and how long it took; pictures of every step would cost more than the steps. */
    trace: { mode: 'retain-on-failure', screenshots: false, snapshots: false, sources: false },
    launchOptions: {
      executablePath: process.env['CHROMIUM'] ?? browser,
      args: [
        '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync',
      ],
    },
  },
});
