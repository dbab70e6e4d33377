// A static host as any: files in a folder of a site, no headers of ours, no rewrite rules.

import { cpSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';

const PREFIX = '/team/specs/';
const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
};

export class Host {
  /** Copies the built page into `folder` and serves it. */
  static async of(dist, folder) {
    const host = new Host();
    host.folder = folder;
    cpSync(dist, folder, { recursive: true });
    host.server = createServer((request, response) => host.answer(request, response));
    await new Promise((resolve) => host.server.listen(0, '127.0.0.1', resolve));
    host.address = `http://127.0.0.1:${host.server.address().port}${PREFIX}`;
    return host;
  }

  answer({ url }, response) {
    const path = new URL(url, 'http://host').pathname;
    const name = path === PREFIX ? 'index.html' : path.slice(PREFIX.length);
    const file = join(this.folder, name);
    const type = TYPES[extname(name)];
    if (!path.startsWith(PREFIX) || !type || !existsSync(file))
      return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': type });
    return response.end(readFileSync(file));
  }

  /** Puts a newer version in the place of this one: every script has a new name, the old ones are gone. */
  publish() {
    const assets = join(this.folder, 'assets');
    const scripts = readdirSync(assets).filter((name) => name.endsWith('.js'));
    const newer = (name) => name.replace(/\.js$/, '-newer.js');
    for (const name of scripts) renameSync(join(assets, name), join(assets, newer(name)));
    const texts = readdirSync(this.folder, { recursive: true });
    for (const name of texts.filter((text) => /\.(js|html)$/.test(text))) {
      const file = join(this.folder, name);
      let text = readFileSync(file, 'utf8');
      for (const script of scripts) text = text.replaceAll(script, newer(script));
      // What tells one version of the service worker from another.
      if (name === 'sw.js') text = text.replace(/["`][0-9a-f]{16}["`]/, '"newer"');
      writeFileSync(file, text);
    }
  }

  close() {
    return new Promise((resolve) => {
      this.server.close(resolve);
      this.server.closeAllConnections();
    });
  }
}
