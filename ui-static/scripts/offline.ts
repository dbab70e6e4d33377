// Builds the service worker with the page: which files it keeps is known only when all are written.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import type { Plugin } from 'vite';

import { shellOf } from '../src/offline/plan';

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}

export const serviceWorker: Plugin = {
  name: 'service-worker',
  apply: 'build',
  buildStart() {
    this.emitFile({ type: 'chunk', id: 'src/offline/sw.ts', fileName: 'sw.js' });
  },
  writeBundle({ dir }) {
    if (dir === undefined) throw new Error('the page is built into a folder');
    const place = join(dir, 'sw.js');
    const files = filesBelow(dir).filter((name) => name !== 'sw.js');
    const contents = createHash('sha256');
    for (const name of files) contents.update(name).update(readFileSync(join(dir, name)));
    let code = readFileSync(place, 'utf8');
    const put = (name: string, value: unknown) => {
      if (code.split(name).length !== 2) throw new Error(`sw.js is to say ${name} once`);
      code = code.replace(name, () => JSON.stringify(value));
    };
    put('__SHELL__', shellOf(files));
    put('__SHELL_HASH__', contents.digest('hex').slice(0, 16));
    writeFileSync(place, code);
  },
};
