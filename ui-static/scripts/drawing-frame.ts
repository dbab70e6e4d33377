// Builds the document of the frames in which diagrams are drawn: all its code stands in it, and its
// policy names that code by hashes. Such a frame has no origin, so no service worker and no cache
// brings what it would fetch; the document itself the browser keeps, for its folder's name changes
// with it.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import type { Plugin } from 'vite';

import { framePolicy } from './csp';

const SOURCE = new URL('../src/markdown/diagram/frame/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, SOURCE), 'utf8');

/** As text that ends no script, and begins none (HTML §4.12.1.3); in JavaScript it means the same. */
function inline(code: string): string {
  return code.replace(/\r\n?/g, '\n').replace(/<(?=\/?script|!--)/gi, '\\x3C');
}

function documentOf(scripts: readonly string[]): string {
  const policy = framePolicy(scripts);
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}" />`;
  const elements = scripts.map((code) => `<script>${code}</script>`).join('\n');
  return read('frame.html')
    .replace('<!-- policy -->', () => meta)
    .replace('<!-- scripts -->', () => elements);
}

const mermaid = createRequire(import.meta.url).resolve('mermaid/dist/mermaid.min.js');
/** What stands in the frame. */
export const frameDocument = documentOf([
  inline(readFileSync(mermaid, 'utf8')),
  inline(read('frame.js')),
]);
const name = createHash('sha256').update(frameDocument).digest('hex').slice(0, 12);
/** Where it stands, below the folder of the page. */
export const frameAddress = `diagram/${name}/frame.html`;

export const drawingFrame: Plugin = {
  name: 'drawing-frame',
  configureServer({ middlewares }) {
    middlewares.use(`/${frameAddress}`, (_, response) => {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(frameDocument);
    });
  },
  generateBundle() {
    this.emitFile({ type: 'asset', fileName: frameAddress, source: frameDocument });
  },
};
