// Opens the UI in a real Chromium and follows steps, without ever loading the page again.
//
//   node page.mjs SIGN_IN_LINK STEP…
//
// A step is `see:TEXT` (wait until the page shows it) or `open:TEXT` (follow the link that holds it).
// Each finished step is said on standard error as `done STEP`. A reload, an exception in the page or
// a breach of its content policy is said as `fault: …` and ends the program with 1.
import { startBrowser } from '../../ui-static/scripts/browser.mjs';

/** Milliseconds a step may take; the test's own deadline is a little longer. */
const STEP_WITHIN = 50_000;

const [link, ...steps] = process.argv.slice(2);

function fault(text) {
  console.error(`fault: ${text}`);
  process.exit(1);
}

const browser = await startBrowser();
const page = await browser.newPage();
page.setDefaultTimeout(STEP_WITHIN);
page.on('pageerror', (error) => fault(`an exception in the page: ${error.message}`));
page.on('console', (message) => {
  if (/content security policy|trusted/i.test(message.text())) fault(message.text());
});
await page.goto(link);
page.on('load', () => fault('the page was loaded again'));
// The code of the link is good once: it must not stay in the address.
await page.waitForFunction(() => !location.hash.includes('code='));

for (const step of steps) {
  const [, word, text] = /^(see|open):(.*)$/.exec(step) ?? fault(`no step: ${step}`);
  try {
    if (word === 'open') await page.getByRole('link').filter({ hasText: text }).first().click();
    else await page.getByText(text).first().waitFor();
  } catch (error) {
    console.error(await page.locator('body').innerText());
    fault(`${step}: ${error.message.split('\n')[0]}`);
  }
  console.error(`done ${step}`);
}
await browser.close();
