/* What the build adds to Vite: a service worker that keeps exactly the unit page, and compressed
 * siblings of the text assets, which the engine serves as they are. */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
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

/** The dictionaries that a page waits for beside that of all pages. */
const WORDS: Record<string, string[]> = { 'console.html': ['', 'con_'], 'unit.html': ['', 'uni_'] };
const LANGUAGES = ['zh', 'en'] as const;

function dictionary(bundle: Rollup.OutputBundle, name: string): Rollup.OutputChunk {
  const [chunk, ...others] = Object.values(bundle).filter(
    (file): file is Rollup.OutputChunk => file.type === 'chunk' && (file.facadeModuleId ?? '').endsWith(`/i18n/${name}.ts`),
  );
  if (!chunk || others.length > 0) throw new Error(`the dictionary ${name} is not a chunk of its own`);
  return chunk;
}

/** A page waits for one language: the larger one counts. */
function dictionaryBytes(bundle: Rollup.OutputBundle, prefix: string): number {
  return Math.max(...LANGUAGES.map((language) => gzipSync(dictionary(bundle, `${prefix}${language}`).code, { level: 9 }).length));
}

const firstOf = (bundle: Rollup.OutputBundle): string => {
  const file = Object.values(bundle).find((asset) => asset.type === 'asset' && asset.names.includes('first.js'));
  if (!file) throw new Error('the bundle has no first.js');
  return file.fileName;
};

/** What a part that comes later needs beside what its page has already. */
function lateFiles(bundle: Rollup.OutputBundle, page: string, part: string): string[] {
  const known = new Set(entryOf(bundle, basename(page)).imports);
  const chunk = entryOf(bundle, part);
  return [chunk.fileName, ...chunk.imports].filter((name) => !known.has(name)).map((name) => `/${name}`);
}

/** Puts `source` into each page before all else, with what it is to ask for: dictionaries, the socket. */
export function firstAsks(source: string): Plugin {
  return {
    name: 'kuaifan-first-asks',
    apply: 'build',
    buildStart() {
      this.emitFile({ type: 'asset', name: 'first.js', source: readFileSync(source, 'utf8') });
    },
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle, filename }) {
        if (!bundle) return [];
        const prefixes = WORDS[basename(filename)] ?? [''];
        const attrs: Record<string, string | boolean> = { src: `/${firstOf(bundle)}`, async: true, fetchpriority: 'high' };
        for (const language of LANGUAGES) {
          attrs[`data-${language}`] = prefixes.map((prefix) => `/${dictionary(bundle, prefix + language).fileName}`).join(' ');
        }
        if (basename(filename) === 'unit.html') {
          attrs['data-socket'] = 'kuaifan.v1+json';
          attrs['data-login'] = lateFiles(bundle, filename, '/ui/login.tsx').join(' ');
        }
        return [{ tag: 'script', attrs, injectTo: 'head-prepend' as const }];
      },
    },
  };
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
        let bytes = (WORDS[page] ?? ['']).reduce((sum, prefix) => sum + dictionaryBytes(bundle, prefix), 0);
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
      const files = [...ALWAYS, `/${firstOf(bundle)}`, ...filesOf(bundle, '/unit.html')];
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

export function smallerSiblings(): Plugin {
  let out = 'dist';
  const walk = (folder: string): void => {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) walk(path);
      else if (COMPRESSED.test(name)) {
        const bytes = readFileSync(path);
        for (const [suffix, small] of [['gz', gzipSync(bytes, { level: 9 })], ['br', brotliCompressSync(bytes)]] as const) {
          if (small.length < bytes.length) writeFileSync(`${path}.${suffix}`, small);
        }
      }
    }
  };
  return {
    name: 'kuaifan-smaller-siblings',
    apply: 'build',
    configResolved(config) {
      out = config.build.outDir;
    },
    closeBundle() {
      walk(out);
    },
  };
}
