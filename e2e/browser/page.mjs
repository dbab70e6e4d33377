// Opens the UI in a real Chromium and follows steps, without ever loading the page again.
//
//   node page.mjs SIGN_IN_LINK STEP…
//
// A step is one of
//   see:TEXT         wait until the page shows it
//   gone:TEXT        wait until the page does not show it
//   open:TEXT        follow the link that holds it
//   press:NAME       press the button, menu item or box of that name
//   fill:NAME=TEXT   write into the field of that name
//   hold:WORD        say `held WORD` and wait for SIGUSR2
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

/** Whatever a user would call a button. */
function pressable(name) {
  const roles = ['button', 'menuitem', 'menuitemradio', 'option', 'checkbox', 'radio', 'tab'];
  return roles.map((role) => page.getByRole(role, { name })).reduce((one, other) => one.or(other));
}

/** What each word of a step does with the rest of it. */
const act = {
  see: (text) => page.getByText(text).filter({ visible: true }).first().waitFor(),
  gone: (text) => page.getByText(text).filter({ visible: true }).first().waitFor({ state: 'hidden' }),
  open: (text) => page.getByRole('link').filter({ hasText: text }).first().click(),
  press: (name) => pressable(name).filter({ visible: true }).first().click(),
  fill: (both) => {
    const [name, ...text] = both.split('=');
    return page.getByRole('textbox', { name }).filter({ visible: true }).first().fill(text.join('='));
  },
  hold: (word) => {
    const goOn = new Promise((resolve) => process.once('SIGUSR2', resolve));
    console.error(`held ${word}`);
    return goOn;
  },
};

for (const step of steps) {
  const [word, ...rest] = step.split(':');
  if (!(word in act)) fault(`no step: ${step}`);
  try {
    await act[word](rest.join(':'));
  } catch (error) {
    console.error(await page.locator('body').innerText());
    fault(`${step}: ${error.message.split('\n')[0]}`);
  }
  console.error(`done ${step}`);
}
await browser.close();
