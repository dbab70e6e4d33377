// Opens the UI in a real browser and says when a marker appears in its document.
//
//   node watch.mjs SIGN_IN_URL MACHINE PROJECT SPEC MARKER_PREFIX
//
// One JSON object a line on standard output: {"ready": true} once the spec is shown, then
// {"marker": 17, "at_ms": <milliseconds since 1970>} for every new marker, taken in the page by a
// MutationObserver. Ends when its standard input does.
import { openSpec } from './spec-page.mjs';

const [signIn, machine, project, spec, prefix] = process.argv.slice(2);
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const prepare = (page) =>
  page.exposeFunction('sayMarker', (marker, at_ms) => say({ marker, at_ms }));
const { browser, page } = await openSpec({ signIn, machine, project, spec, prepare });
await page.waitForFunction((text) => document.body.innerText.includes(text), `${prefix}0`);
await page.evaluate((text) => {
  const shape = new RegExp(`${text}(\\d+)`);
  let last = '0';
  new MutationObserver(() => {
    const found = shape.exec(document.body.textContent);
    if (!found || found[1] === last) return;
    last = found[1];
    window.sayMarker(Number(last), performance.timeOrigin + performance.now());
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
}, prefix);
say({ ready: true });
process.stdin.resume();
process.stdin.on('end', () => browser.close().then(() => process.exit(0)));
