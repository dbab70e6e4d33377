// `node scripts/icons.mjs`: draws the icons of the installed app from public/favicon.svg, which is the
// one drawing of it. To be run when that changes; the results are kept beside it.

import { readFileSync, writeFileSync } from 'node:fs';

import { startBrowser } from './browser.mjs';

const folder = new URL('../public/', import.meta.url);
const drawing = readFileSync(new URL('favicon.svg', folder), 'utf8');
/** A mask may cut a fifth off every side: the ground reaches the edge, the sign stays inside. */
const filled = drawing.replace(
  /<rect [^>]*fill="([^"]*)"[^>]*>/,
  '<rect width="32" height="32" fill="$1"/>',
);

const browser = await startBrowser();
const page = await browser.newPage();
for (const [name, size, source] of [
  ['192', 192, drawing],
  ['512', 512, drawing],
  ['apple', 180, filled],
  ['maskable', 512, filled],
]) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>*{margin:0}svg{display:block;width:100vw}</style>${source}`);
  const png = await page.screenshot({ omitBackground: true });
  writeFileSync(new URL(`icons/${name}.png`, folder), png);
}
await browser.close();
