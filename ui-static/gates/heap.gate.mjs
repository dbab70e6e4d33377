// A page that stays open for weeks connects again and again: nothing of a connection may stay behind.

import { Stand } from './stand/stand.mjs';
import { until } from './stand/until.mjs';
import { Streams } from './streams.mjs';
import { User } from './user.mjs';
import { openContext, VIEWS } from './views.mjs';
import { signIn } from './walk.mjs';

/** Code is compiled and caches are filled in the first of them. */
const WARM_UP = 15;
const CYCLES = 100;
const TEN = 10;
/** What one garbage collection leaves more than another, in bytes. */
const SLACK = 256 * 1024;
/** Listeners and elements of one cycle more than none are a leak; of all together, a coincidence. */
const STRAY_MAX = CYCLES / 2;

export const name =
  'a hundred connections later the page holds no more memory, elements or listeners';
export const advice =
  'look for what start() adds and stop() does not take away, in src/wire and src/state';

const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

export async function run({ browser, say, report }) {
  const stand = await Stand.sample();
  const context = await openContext(browser, VIEWS[0]);
  const streams = new Streams(context);
  try {
    const page = await context.newPage();
    const user = new User(page, stand.relay.origin, VIEWS[0]);
    await signIn(page, stand);
    await user.project('harbor');
    // Its parts are fetched a moment after the start.
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    const devtools = await context.newCDPSession(page);
    await devtools.send('HeapProfiler.enable');
    await devtools.send('Performance.enable');
    const seen = [];
    for (let cycle = 0; cycle < WARM_UP + CYCLES; cycle += 1) {
      await reconnect(page, streams);
      if (cycle >= WARM_UP) seen.push(await measure(devtools));
    }
    for (const what of ['bytes', 'elements', 'listeners']) {
      const before = mean(seen.slice(0, TEN).map((look) => look[what]));
      const after = mean(seen.slice(-TEN).map((look) => look[what]));
      report(`${what}: ${Math.round(before)} in the first ten, ${Math.round(after)} in the last`);
      const limit = what === 'bytes' ? before * 1.1 + SLACK : before + STRAY_MAX;
      if (after > limit) say(`${what} grew from ${Math.round(before)} to ${Math.round(after)}`);
    }
  } finally {
    await context.close();
    await stand.close();
  }
}

/** As on a phone that puts the page aside: the stream is closed, and opened again. */
async function reconnect(page, streams) {
  await page.evaluate(() => document.dispatchEvent(new Event('freeze')));
  await until('the stream is closed', () => streams.open.size === 0);
  const { asked } = streams;
  await page.evaluate(() => document.dispatchEvent(new Event('resume')));
  await until('a stream is open', () => streams.asked > asked && streams.open.size === 1);
  await page.getByText('live', { exact: true }).first().waitFor();
}

async function measure(devtools) {
  await devtools.send('HeapProfiler.collectGarbage');
  const { usedSize } = await devtools.send('Runtime.getHeapUsage');
  const { metrics } = await devtools.send('Performance.getMetrics');
  const metric = (name) => metrics.find((entry) => entry.name === name)?.value ?? 0;
  return { bytes: usedSize, elements: metric('Nodes'), listeners: metric('JSEventListeners') };
}
