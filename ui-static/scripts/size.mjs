// `npm run size`: fails when the built UI is over its budget. Sizes are those of gzip, as a browser
// would load them.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const KB = 1024;
const INITIAL_JS_MAX = 40 * KB;
const INITIAL_CSS_MAX = 8 * KB;
const LAZY_CHUNK_MAX = 70 * KB;

const dist = new URL('../dist', import.meta.url).pathname;
const assets = readdirSync(join(dist, 'assets'));
const size = (name) => gzipSync(readFileSync(join(dist, 'assets', name))).length;
const page = readFileSync(join(dist, 'index.html'), 'utf8');

/** What the first load fetches: what the page names, and what those chunks import at once. */
const initial = new Set(assets.filter((name) => page.includes(name)));
for (const name of initial) {
  if (!name.endsWith('.js')) continue;
  const source = readFileSync(join(dist, 'assets', name), 'utf8');
  for (const [, imported] of source.matchAll(/(?:from|import)\s*["']\.\/([^"']+)["']/g)) {
    initial.add(imported);
  }
}

const sum = (ending) =>
  [...initial]
    .filter((name) => name.endsWith(ending))
    .reduce((total, name) => total + size(name), 0);
const lazy = assets.filter((name) => !initial.has(name) && name.endsWith('.js'));
const rows = [
  ['initial JS', sum('.js'), INITIAL_JS_MAX],
  ['initial CSS', sum('.css'), INITIAL_CSS_MAX],
  ...lazy.map((name) => [name, size(name), LAZY_CHUNK_MAX]),
];

let over = 0;
for (const [name, bytes, limit] of rows) {
  if (bytes > limit) over += 1;
  const mark = bytes > limit ? 'OVER' : 'ok';
  console.log(
    `${mark.padEnd(5)} ${name.padEnd(24)} ${(bytes / KB).toFixed(1).padStart(6)} of ${limit / KB} KB`,
  );
}
if (over > 0) {
  console.error(`${over} over budget: load it later, or say in docs why the budget grows`);
  process.exitCode = 1;
}
