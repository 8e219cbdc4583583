/* Accessibility where a page stands: both languages and both themes by its own switches, nothing loaded
 * again. All rules run once a language; in the other theme only colours can differ. */

import axe, { type RunOptions } from 'axe-core';
import type { Page } from '@playwright/test';
import { expect } from './town.ts';

const ALL: RunOptions['runOnly'] = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] };
const COLOURS: RunOptions['runOnly'] = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] };

type Axe = { axe?: { run: typeof axe.run } };

async function violations(page: Page, runOnly: RunOptions['runOnly']): Promise<string[]> {
  if (!(await page.evaluate(() => (window as unknown as Axe).axe !== undefined))) await page.evaluate(axe.source);
  return page.evaluate(async (only) => {
    const found = await (window as unknown as Required<Axe>).axe.run(document, { runOnly: only, resultTypes: ['violations'], preload: false });
    return found.violations.map((item) => `${item.id}: ${item.nodes.map((node) => node.target.join(' ')).slice(0, 4).join(' | ')}`);
  }, runOnly!);
}

/** As the page stands: for a page with its map, which a change of theme would draw anew. */
export async function expectAccessibleAsIs(page: Page, what: string): Promise<void> {
  expect(await violations(page, ALL), what).toEqual([]);
}

/** Also when a sheet covers the button: what is asked is how the sheet looks in the other language. */
async function speak(page: Page, lang: 'zh-CN' | 'en'): Promise<void> {
  const html = page.locator('html');
  if ((await html.getAttribute('lang')) === lang) return;
  await page.locator('button', { hasText: /^(English|中文)$/ }).first().dispatchEvent('click');
  await expect(html).toHaveAttribute('lang', lang);
}

export async function expectAccessible(page: Page, what: string): Promise<void> {
  const looks = [['zh-CN', 'dark', ALL], ['zh-CN', 'light', COLOURS], ['en', 'light', ALL], ['en', 'dark', COLOURS]] as const;
  for (const [lang, scheme, rules] of looks) {
    await page.emulateMedia({ colorScheme: scheme });
    await speak(page, lang);
    expect(await violations(page, rules), `${what}, ${lang}, ${scheme}`).toEqual([]);
  }
  await speak(page, 'zh-CN');
}
