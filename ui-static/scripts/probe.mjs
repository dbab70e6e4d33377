// `npm run probe`: what only a real browser can tell of the built UI. Served from another origin than
// the mock relay, as from a CDN: the policy is enforced and narrowed, a hostile spec does nothing,
// a save shows without a reload, and the page comes back from every mood of the relay.

import { fixtureStore } from '../mock/fixture.mjs';
import { serveMock } from '../mock/relay.mjs';
import { DIST, signInAddress, startBrowser } from './browser.mjs';

const HOSTILE = `---
status: planned
created: 2026-11-01
---

# Hostile

<script>window.harmed = 1</script> <img src=x onerror="window.harmed = 2">
<svg onload="window.harmed = 3"></svg> [link](javascript:window.harmed=4)
![pixel](https://tracker.example/pixel.png) <iframe srcdoc="<script>parent.harmed = 5</script>"></iframe>

[data](data:text/html,<script>1</script>) \`<b onmouseover=alert(1)>\`

## The end
`;

const store = fixtureStore();
store.save('macbook', 'reader', '666-hostile', 'README.md', Buffer.from(HOSTILE));
const relay = await serveMock(store);
const cdn = await serveMock(fixtureStore(), { uiDir: DIST });
const browser = await startBrowser();
const page = await (await browser.newContext()).newPage();
const list = `${cdn.origin}/#/m/macbook/p/reader`;
let faults = 0;

/** One sentence about behaviour, and the attempt to see it. */
async function check(sentence, attempt) {
  try {
    if ((await attempt()) === false) throw new Error('it did not');
    console.log(`ok    ${sentence}`);
  } catch (cause) {
    faults += 1;
    console.error(`FAULT ${sentence}: ${cause.message.split('\n')[0]}`);
  }
}
const shows = (text, timeout = 5000) => page.getByText(text).first().waitFor({ timeout });
const save = (line) => {
  const place = ['macbook', 'reader', '004-offline-reader'];
  const old = store.files.get([...place, 'README.md'].join('/')).toString();
  store.save(...place, 'README.md', Buffer.from(`${old}\n${line}\n`));
};

const elsewhere = [];
page.on('request', (request) => {
  const { origin } = new URL(request.url());
  if (origin !== relay.origin && origin !== cdn.origin && origin !== 'null') elsewhere.push(origin);
});
await page.addInitScript(() => {
  window.violations = [];
  addEventListener('securitypolicyviolation', (event) =>
    window.violations.push(event.violatedDirective),
  );
});

await check('a sign-in link signs in and leaves no code in the address', async () => {
  await page.goto(signInAddress(cdn.origin, relay.origin));
  await shows('Desktop');
  return !page.url().includes('code');
});
await check('a hostile spec is shown and does nothing', async () => {
  await page.goto(`${list}/s/666-hostile`);
  await page.getByRole('heading', { name: 'The end' }).waitFor();
  const harmed = await page.evaluate(() => window.harmed);
  return harmed === undefined && elsewhere.length === 0;
});
await check('the page itself breaks no rule of its policy', () =>
  page.evaluate(() => window.violations.length === 0),
);
await check('a string of HTML is refused by Trusted Types', () =>
  page.evaluate(() => {
    try {
      document.body.appendChild(document.createElement('div')).innerHTML = '<b>x</b>';
      return false;
    } catch {
      return true;
    }
  }),
);
await check('after signing in, nothing can be sent to another host', async () => {
  await page.evaluate(() => void fetch('http://localhost:9/').catch(() => {}));
  await page.waitForFunction(() => window.violations.includes('connect-src'), { timeout: 3000 });
});
await check('a save shows in the open page without a reload, and the place is kept', async () => {
  await page.goto(`${list}/s/004-offline-reader`);
  await page.locator('.document h2').first().waitFor();
  await page.evaluate(() => (window.same = document.querySelector('.document h2')));
  save('Saved while it was open.');
  await shows('Saved while it was open.');
  return page.evaluate(() => window.same === document.querySelector('.document h2'));
});
await check('a relay that is away is said so after five seconds, with a way to retry', async () => {
  relay.turn('down');
  await shows('No connection to', 9000);
  await page.getByRole('button', { name: 'Retry now' }).waitFor();
});
await check('the page catches up with what was saved meanwhile', async () => {
  save('Saved while the relay was away.');
  relay.turn('fine');
  await page.getByRole('button', { name: 'Retry now' }).click();
  await shows('Saved while the relay was away.');
  await page.getByText('No connection to').waitFor({ state: 'detached' });
});
await check('where streams are held back, the page goes on by long-poll', async () => {
  relay.turn('held');
  // Five seconds without a hello, and then a poll.
  await page.waitForRequest((request) => request.url().includes('mode=poll'), { timeout: 20_000 });
  save('Saved while streams were held back.');
  await shows('Saved while streams were held back.');
});
await check('a revoked key leads to signing in again', async () => {
  relay.turn('revoked');
  await shows('does not accept this browser’s key', 9000);
  await page.getByRole('link', { name: 'Sign in again' }).waitFor();
});
await check('a link to a relay that is not signed in at sends nothing there', async () => {
  await page.goto(`${cdn.origin}/#/o/relay.example.org/m/x`);
  await page.reload();
  await shows('You are not signed in at this relay');
  return elsewhere.filter((origin) => origin.includes('example.org')).length === 0;
});

await browser.close();
for (const { server } of [relay, cdn]) {
  server.closeAllConnections();
  server.close();
}
console.log(faults === 0 ? 'no fault' : `${faults} faults`);
process.exitCode = faults === 0 ? 0 : 1;
