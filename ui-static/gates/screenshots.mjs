// `cargo xtask screenshots`, or `npm run screenshots [-- WORD…]`: pictures of every screen and state,
// phone and desktop, light and dark, into `screenshots/`; those that the documents show are made anew
// in `docs/images`. With words: of the scenes whose name holds one.

import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { startBrowser } from '../scripts/browser.mjs';
import { loadScenes } from './scenes.mjs';
import { binaries, DIST } from './stand/binaries.mjs';
import { walkAll } from './walk.mjs';

const { values, positionals: words } = parseArgs({
  allowPositionals: true,
  options: { embedded: { type: 'boolean' } },
});
if (!values.embedded) binaries.ui ??= DIST;

const out = fileURLToPath(new URL('../screenshots', import.meta.url));
const shown = fileURLToPath(new URL('../../docs/images', import.meta.url));
const scenes = (await loadScenes()).filter(
  ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
);
if (words.length === 0) rmSync(out, { recursive: true, force: true });
for (const folder of [out, shown]) mkdirSync(folder, { recursive: true });

let count = 0;
let faults = 0;
const photographer = {
  fault(text) {
    faults += 1;
    console.error(`fault: ${text}`);
  },
  async at({ page, scene, view, theme }) {
    const kind = `${view.name}-${theme}`;
    const file = join(out, `${scene.name}-${kind}.png`);
    await page.screenshot({ path: file });
    count += 1;
    if (scene.picture?.includes(kind)) copyFileSync(file, join(shown, `${scene.name}-${kind}.png`));
  },
};
const browser = await startBrowser();
await walkAll({ browser, scenes, lookers: [photographer] });
await browser.close();
console.log(`${count} pictures of ${scenes.length} scenes in ${out}`);
process.exitCode = faults === 0 ? 0 : 1;
