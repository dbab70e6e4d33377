// `npm run look [-- --specs DIR]`: builds nothing, opens every screen of dist/ and every state of an
// edit in a real Chromium on a mock relay, in both themes and at the widths of a desk and a phone; writes pictures to
// ../screenshots and fails on any fault that axe or the page's own policy reports.

import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { addProjects, fixtureStore } from '../mock/fixture.mjs';
import { serveMock } from '../mock/relay.mjs';
import { DIST, signInAddress, startBrowser } from './browser.mjs';
import { SCENES } from './scenes.mjs';

const VIEWS = [
  { name: 'desk-light', width: 1280, height: 860, colorScheme: 'light' },
  { name: 'desk-dark', width: 1280, height: 860, colorScheme: 'dark' },
  { name: 'phone-light', width: 390, height: 844, colorScheme: 'light', phone: true },
  { name: 'phone-dark', width: 390, height: 844, colorScheme: 'dark', phone: true },
];

const specsAt = process.argv.indexOf('--specs');
const own = specsAt > 0 ? process.argv[specsAt + 1] : null;
const store = fixtureStore();
if (own) {
  store.load('macbook', 'own', own);
  addProjects(store, 'own', 'lean-spec');
}
const relay = await serveMock(store, { uiDir: DIST });
/** Editing changes what is seen, so every view edits a store of its own. */
const fresh = () => serveMock(fixtureStore(), { uiDir: DIST });
const project = own ? 'own' : 'reader';
const list = `m/macbook/p/${project}`;
const big = [...store.specs.values()]
  .filter((spec) => spec.machine === 'macbook' && spec.project === project)
  .sort((left, right) => right.files.length - left.files.length)[0];

const SCREENS = [
  ['machines', '', 'h1:has-text("Machines")'],
  ['list', list, 'li a.title'],
  ['list-filtered', `${list}?status=in-progress&q=e`, '.chip'],
  ['list-groups', `${list}?group=tag&sort=-updated`, 'li h2'],
  ['spec', `${list}/s/${encodeURIComponent(big.path)}`, '.document > *'],
  ['spec-small', 'm/macbook/p/reader/s/004-offline-reader', '.document h2'],
  ['spec-raw', 'm/macbook/p/reader/s/010-synonyms', '.marked'],
  ['settings', 'settings', '.origin'],
  ['machine', 'm/macbook', '#about'],
  ['inbox', 'inbox', '.nothing'],
];

const axeSource = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const out = new URL('../../screenshots', import.meta.url).pathname;
mkdirSync(out, { recursive: true });
const browser = await startBrowser();

let faults = 0;
function fault(text) {
  faults += 1;
  console.error(`fault: ${text}`);
}

async function picture(page, view, name) {
  await page.waitForTimeout(250);
  await page.screenshot({ path: join(out, `${name}-${view.name}.png`) });
  // Runs in the page through the debugger, where the page's policy does not reach.
  const axe = await page.context().newCDPSession(page);
  await axe.send('Runtime.evaluate', { expression: readFileSync(axeSource, 'utf8') });
  const { result } = await axe.send('Runtime.evaluate', {
    expression: `axe.run(document, { runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice'] })
      .then((found) => JSON.stringify(found.violations.map((v) => [v.id, v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200) + ' ' + (n.any[0]?.message ?? '')).join(' | ')])))`,
    awaitPromise: true,
    returnByValue: true,
  });
  for (const [id, where] of JSON.parse(result.value))
    fault(`${name} ${view.name}: axe ${id}: ${where}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) fault(`${name} ${view.name}: the page scrolls sideways by ${wide} px`);
}

/** A page of this view, which tells every fault that the browser tells. */
async function open(view) {
  const context = await browser.newContext({
    viewport: { width: view.width, height: view.height },
    colorScheme: view.colorScheme,
    hasTouch: view.phone ?? false,
    isMobile: view.phone ?? false,
    deviceScaleFactor: view.phone ? 2 : 1,
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    // A relay that is away is one of the scenes.
    const expected = message.text().includes('net::ERR_');
    if (message.type() === 'error' && !expected) fault(`${view.name}: console: ${message.text()}`);
  });
  page.on('pageerror', (error) => fault(`${view.name}: ${error.message}`));
  return { context, page };
}

for (const view of VIEWS) {
  const { context, page } = await open(view);
  await page.goto(`${relay.origin}/#/pair`);
  await page.waitForSelector('#address');
  await picture(page, view, 'pair');
  await page.goto(signInAddress(relay.origin, relay.origin));
  await page.waitForSelector('main section');
  for (const [name, route, sign] of SCREENS) {
    await page.goto(`${relay.origin}/#/${route}`);
    await page
      .waitForSelector(sign, { timeout: 4000 })
      .catch(() => fault(`${view.name}: ${name} never showed ${sign}`));
    await picture(page, view, name);
  }
  await context.close();
  await playScenes(view);
}

/** Every state of an edit. */
async function playScenes(view) {
  const edited = await fresh();
  const { context, page } = await open(view);
  page.setDefaultTimeout(6000);
  await page.goto(signInAddress(edited.origin, edited.origin));
  await page.waitForSelector('main section');
  for (const [name, route, act] of SCENES) {
    edited.commands.mood = 'fine';
    await page.evaluate(() => sessionStorage.clear());
    await page.goto('about:blank');
    await page.goto(`${edited.origin}/#/${route}`);
    await act(page, edited).catch((cause) => fault(`${view.name}: ${name}: ${cause.message}`));
    await picture(page, view, name);
    edited.turn('fine');
    for (const command of edited.commands.open()) edited.commands.forget(command.id);
  }
  await context.close();
  edited.server.closeAllConnections();
  edited.server.close();
}

await browser.close();
relay.server.closeAllConnections();
relay.server.close();
console.log(
  faults === 0
    ? `${SCREENS.length + 1 + SCENES.length} screens in ${VIEWS.length} views, no fault`
    : `${faults} faults`,
);
process.exitCode = faults === 0 ? 0 : 1;
