// How much a page of 2,000 specs does when one of them changes, when 300 do, and when another view of
// them is opened. Counted as work, which is the same on every computer; times are told and decide nothing.

import { fleet } from './stand/sample.mjs';
import { Stand } from './stand/stand.mjs';
import { User } from './user.mjs';
import { openContext, VIEWS } from './views.mjs';

const SPECS = 2000;
const ELEMENTS_MAX = 1500;
const ROUNDS = 20;
/** Nodes that one event may add, remove or change: a row, and the figures above the list. */
const TOUCHED_USUAL_MAX = 12;
/** Layouts for one event: the frame that shows it. */
const LAYOUTS_USUAL_MAX = 1;
/** The same for one that comes while the page still fetches what is not on its first screen. */
const TOUCHED_MAX = 40;
const LAYOUTS_MAX = 4;
const BURST = 300;
/** The rows in the window, each once: what is out of sight costs nothing. */
const BURST_TOUCHED_MAX = 600;
/** A burst comes in as many pushes as a bridge makes of it; each is one frame. */
const BURST_FRAMES_MAX = 6;
/** Layouts until a view is there: a column that measured itself would be one more each. */
const OPEN_LAYOUTS_MAX = 6;

export const name =
  'one changed spec of 2,000 touches one row, 300 at once are drawn in a handful of frames, and each view stays small';
export const advice =
  'patch the fields of the one object that changed, batch events to a frame, and draw no row that is out of sight';

export async function run({ browser, say, report }) {
  const stand = await Stand.empty();
  try {
    const machine = stand.machine('Station', { fleet: { dir: fleet(stand.folder, SPECS) } });
    await machine.start();
    const context = await openContext(browser, VIEWS[0]);
    const page = await context.newPage();
    await page.goto(await stand.relay.link());
    const user = new User(page, stand.relay.origin, VIEWS[0]);
    await user.open('fleet', page.locator('main'));
    await page.getByText('Berth 2000 gets a number').first().waitFor();
    const elements = await page.evaluate(() => document.querySelectorAll('*').length);
    if (elements > ELEMENTS_MAX) say(`${elements} elements for ${SPECS} specs`);
    const meter = await Meter.on(page);
    await oneByOne({ machine, page, meter, say, report });
    await allAtOnce({ machine, page, meter, say, report });
    report(`elements for ${SPECS} specs: ${elements}`);
    await openViews({ user, page, meter, say, report });
    await context.close();
  } finally {
    await stand.close();
  }
}

async function oneByOne({ machine, page, meter, say, report }) {
  const seen = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    const title = `Berth 2000 gets the number ${round}`;
    await meter.begin();
    const saved = Date.now();
    rename(machine, 2000, title);
    await page.getByText(title).first().waitFor();
    seen.push({ ...(await meter.end()), ms: Date.now() - saved });
  }
  const [touched, layouts, styles] = ['touched', 'layouts', 'styles'].map((what) =>
    quantiles(seen.map((one) => one[what])),
  );
  if (touched.p50 > TOUCHED_USUAL_MAX) say(`one event usually touches ${touched.p50} nodes`);
  if (layouts.p50 > LAYOUTS_USUAL_MAX) say(`one event usually lays out ${layouts.p50} times`);
  if (touched.p95 > TOUCHED_MAX) say(`one event touches ${touched.p95} nodes`);
  if (layouts.p95 > LAYOUTS_MAX) say(`one event lays out ${layouts.p95} times`);
  const script = quantiles(seen.map(({ work }) => work));
  const eye = quantiles(seen.map(({ ms }) => ms));
  report(`one event: ${touched.p50} nodes, ${layouts.p50} layouts, ${styles.p50} styles (p50)`);
  report(`one event: script, style and layout p50 ${script.p50} ms, p95 ${script.p95} ms`);
  report(`from the save to the page: p50 ${eye.p50} ms, p95 ${eye.p95} ms`);
}

async function allAtOnce({ machine, page, meter, say, report }) {
  await meter.begin();
  for (let number = SPECS - BURST + 1; number <= SPECS; number += 1) {
    rename(machine, number, `Berth ${number} in the burst`);
  }
  await page.getByText(`Berth ${SPECS} in the burst`).first().waitFor();
  await page.waitForFunction(
    () => ![...document.querySelectorAll('main a')].some((a) => a.textContent.includes('gets a')),
  );
  const { touched, frames, layouts, work } = await meter.end();
  if (touched > BURST_TOUCHED_MAX) say(`${BURST} events touch ${touched} nodes`);
  if (frames > BURST_FRAMES_MAX) say(`${BURST} events are drawn in ${frames} frames`);
  report(`${BURST} events: ${touched} nodes in ${frames} frames, ${layouts} layouts, ${work} ms`);
}

async function openViews({ user, page, meter, say, report }) {
  const views = page.getByRole('navigation', { name: 'Views' });
  for (const [view, part] of [
    ['Board', '.card'],
    ['Graph', '[data-node]'],
  ]) {
    await meter.begin();
    await user.open(view, views);
    await page.locator(part).first().waitFor();
    const { layouts, work } = await meter.end();
    const elements = await page.evaluate(() => document.querySelectorAll('*').length);
    if (elements > ELEMENTS_MAX) say(`${view}: ${elements} elements`);
    if (layouts > OPEN_LAYOUTS_MAX) say(`${view}: ${layouts} layouts until it is there`);
    report(`${view} opened: ${elements} elements, ${layouts} layouts, ${work} ms`);
  }
}

function rename(machine, number, title) {
  const file = `${String(number).padStart(4, '0')}-berth-${number}/README.md`;
  const text = machine.read('fleet', file);
  machine.write('fleet', file, text.replace(/^# .*$/m, `# ${title}`));
}

/** Counts nodes and frames in the page, and asks the browser for its own counts. */
class Meter {
  static async on(page) {
    const meter = new Meter();
    meter.page = page;
    meter.browser = await page.context().newCDPSession(page);
    await meter.browser.send('Performance.enable');
    await page.evaluate(() => {
      const count = { touched: 0, frames: 0, dirty: false };
      window.gateCount = count;
      new MutationObserver((records) => {
        for (const { addedNodes, removedNodes, type } of records) {
          count.touched += type === 'childList' ? addedNodes.length + removedNodes.length : 1;
        }
        count.dirty = true;
      }).observe(document.body, {
        subtree: true,
        childList: true,
        attributes: true,
        characterData: true,
      });
      const frame = () => {
        if (count.dirty) count.frames += 1;
        count.dirty = false;
        requestAnimationFrame(frame);
      };
      frame();
    });
    return meter;
  }

  async metrics() {
    const { metrics } = await this.browser.send('Performance.getMetrics');
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  }

  async begin() {
    await this.twoFrames();
    await this.page.evaluate(() => Object.assign(window.gateCount, { touched: 0, frames: 0 }));
    this.before = await this.metrics();
  }

  async end() {
    await this.twoFrames();
    const after = await this.metrics();
    const more = (what) => after[what] - this.before[what];
    const seconds = more('ScriptDuration') + more('LayoutDuration') + more('RecalcStyleDuration');
    return {
      ...(await this.page.evaluate(() => window.gateCount)),
      layouts: more('LayoutCount'),
      styles: more('RecalcStyleCount'),
      work: Math.round(seconds * 10_000) / 10,
    };
  }

  twoFrames() {
    return this.page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
  }
}

function quantiles(values) {
  const sorted = values.toSorted((left, right) => left - right);
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
  return { p50: at(0.5), p95: at(0.95) };
}
