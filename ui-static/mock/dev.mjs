// `npm run dev:mock [-- --specs DIR] [--still]`: the UI with a stand-in relay on another origin. One
// spec changes every few seconds, unless `--still`.

import { createServer } from 'vite';

import { addProjects, fixtureStore } from './fixture.mjs';
import { serveMock } from './relay.mjs';

const CHANGE_EVERY_MS = 4000;

const specsAt = process.argv.indexOf('--specs');
const store = fixtureStore();
if (specsAt > 0) {
  store.load('macbook', 'own', process.argv[specsAt + 1]);
  addProjects(store, 'own', 'own-specs');
}
const relay = await serveMock(store, { port: 4600 });
const vite = await createServer();
await vite.listen();
const [ui] = vite.resolvedUrls.local;
console.log(`\n  open ${ui}#/pair?relay=${encodeURIComponent(relay.origin)}&code=mock\n`);

if (!process.argv.includes('--still')) {
  let count = 0;
  setInterval(() => {
    const place = ['macbook', 'reader', '004-offline-reader'];
    const bytes = store.files.get([...place, 'README.md'].join('/'));
    count += 1;
    const line = `Saved ${count} times while you looked.`;
    const text = bytes.toString().replace(/\n+(Saved \d+ times.*\n)?$/, `\n\n${line}\n`);
    store.save(...place, 'README.md', Buffer.from(text));
  }, CHANGE_EVERY_MS);
}
