/* What the build adds to Vite: a service worker that keeps exactly the unit page, and compressed
 * siblings of the text assets, which the engine serves as they are. */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Plugin, Rollup } from 'vite';

const ALWAYS = ['/unit.html', '/manifest.webmanifest', '/icon.svg', '/icon-192.png'];

function entryOf(bundle: Rollup.OutputBundle, page: string): Rollup.OutputChunk {
  const entry = Object.values(bundle).find(
    (file): file is Rollup.OutputChunk =>
      file.type === 'chunk' && (file.facadeModuleId ?? '').endsWith(page),
  );
  if (!entry) throw new Error(`the bundle has no entry ${page}`);
  return entry;
}

/** The files that `page` needs, from the graph of the bundle: nothing is forgotten, nothing is spare. */
function filesOf(bundle: Rollup.OutputBundle, page: string): string[] {
  const found = new Set<string>();
  const open = [entryOf(bundle, page).fileName];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    const chunk = bundle[name];
    if (chunk?.type !== 'chunk') continue;
    open.push(...chunk.imports, ...chunk.dynamicImports);
    const meta = (chunk as { viteMetadata?: { importedCss?: Set<string>; importedAssets?: Set<string> } }).viteMetadata;
    open.push(...(meta?.importedCss ?? []), ...(meta?.importedAssets ?? []));
  }
  return [...found].map((name) => `/${name}`).sort();
}

/** A page waits for one language: the larger one counts. */
function dictionary(bundle: Rollup.OutputBundle, prefix: '' | 'con_' | 'uni_'): number {
  const name = new RegExp(`/i18n/${prefix}(zh|en)\\.ts$`);
  const sizes = Object.values(bundle)
    .filter((file): file is Rollup.OutputChunk => file.type === 'chunk' && name.test(file.facadeModuleId ?? ''))
    .map((chunk) => gzipSync(chunk.code, { level: 9 }).length);
  if (sizes.length !== 2) throw new Error(`${sizes.length} dictionaries ${prefix} are chunks of their own, not 2`);
  return Math.max(...sizes);
}

/** Bytes of compressed scripts that a page may need before it shows anything. Over it, the build fails. */
export function budgets(pages: Record<string, number>): Plugin {
  return {
    name: 'kuaifan-budgets',
    apply: 'build',
    generateBundle(_options, bundle) {
      for (const [page, most] of Object.entries(pages)) {
        const open = [entryOf(bundle, `/${page}`).fileName];
        const found = new Set<string>();
        let bytes = dictionary(bundle, '');
        if (page === 'console.html') bytes += dictionary(bundle, 'con_');
        if (page === 'unit.html') bytes += dictionary(bundle, 'uni_');
        for (let name = open.pop(); name !== undefined; name = open.pop()) {
          const chunk = bundle[name];
          if (found.has(name) || chunk?.type !== 'chunk') continue;
          found.add(name);
          bytes += gzipSync(chunk.code, { level: 9 }).length;
          open.push(...chunk.imports);
        }
        this.info(`${page}: ${bytes} of ${most} bytes of compressed scripts`);
        if (bytes > most) this.error(`${page} needs ${bytes} bytes of compressed scripts, its budget is ${most}`);
      }
    },
  };
}

export function serviceWorker(source: string): Plugin {
  return {
    name: 'kuaifan-service-worker',
    apply: 'build',
    generateBundle(_options, bundle) {
      const files = [...ALWAYS, ...filesOf(bundle, '/unit.html')];
      const hash = createHash('sha256');
      for (const name of files) {
        const file = bundle[name.slice(1)];
        hash.update(name);
        if (file) hash.update(file.type === 'chunk' ? file.code : file.source);
      }
      const code = readFileSync(source, 'utf8')
        .replace('__VERSION__', hash.digest('hex').slice(0, 12))
        .replace("['__FILES__']", JSON.stringify(files));
      this.emitFile({ type: 'asset', fileName: 'sw.js', source: code });
    },
  };
}

const COMPRESSED = /\.(html|js|mjs|css|svg|json|webmanifest)$/;

export function gzipSiblings(): Plugin {
  let out = 'dist';
  const walk = (folder: string): void => {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) walk(path);
      else if (COMPRESSED.test(name)) {
        const bytes = readFileSync(path);
        const small = gzipSync(bytes, { level: 9 });
        if (small.length < bytes.length) writeFileSync(`${path}.gz`, small);
      }
    }
  };
  return {
    name: 'kuaifan-gzip',
    apply: 'build',
    configResolved(config) {
      out = config.build.outDir;
    },
    closeBundle() {
      walk(out);
    },
  };
}
