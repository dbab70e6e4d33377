// Reads a feed with the EventSource of a real Chromium, and says its events on standard error. It sends
// no headers of one's own: what stands in front of the relay adds the key.
//
//   node browser.mjs ADDRESS
import { startBrowser } from '../../ui-static/scripts/browser.mjs';
import { NAMES, tellAll } from './events.mjs';

const [address] = process.argv.slice(2);
const page = await (await startBrowser()).newPage();
await page.exposeFunction('tell', (text) => console.error(text));
// A page of the same origin, which has nothing in it.
await page.goto(new URL('/healthz', address).href);
const names = JSON.stringify(NAMES);
const source = `new EventSource(${JSON.stringify(address)})`;
await page.evaluate(`(${tellAll})(${source}, ${names}, window.tell)`);
