/* Figures of the console, printed, not judged:
 *   cd web && npm run build && KUAIFAN_BIN=../build/release/kuaifan KUAIFAN_MAP=city.kfmap npm run figures
 * SECONDS=20 a measurement; SOAK_MINUTES=30 adds a soak. */

import base from '../playwright.config.ts';

export default { ...base, testDir: '.', testMatch: '*.bench.ts', workers: 1, timeout: 7_200_000, use: { ...base.use, viewport: { width: 1680, height: 1000 }, trace: 'off' as const } };
