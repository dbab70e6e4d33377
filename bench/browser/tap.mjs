// Opens a spec in a real browser, and changes its status in the menu, there and back.
//
//   node tap.mjs SIGN_IN_URL MACHINE PROJECT SPEC TAPS PAUSE_MS
//
// One JSON object a line on standard output for each tap: {"confirmed_ms": 17.2}, from the tap on a
// choice until the page shows no change under way any more, both taken in the page.
import { openSpec } from './spec-page.mjs';

const [signIn, machine, project, spec, taps, pauseMs] = process.argv.slice(2);
const { browser, page } = await openSpec({ signIn, machine, project, spec });
await page.getByRole('button', { name: 'Status: ' }).waitFor();

/** In the page: taps a status that is not the present one, and says how long its change took. */
async function tap() {
  const control = () =>
    [...document.querySelectorAll('button[aria-haspopup]')].find((button) =>
      button.textContent.trim().startsWith('Status:'),
    );
  const until = (holds) =>
    new Promise((resolve) => {
      const look = () => {
        if (!holds()) return;
        observer.disconnect();
        resolve();
      };
      const observer = new MutationObserver(look);
      const what = { subtree: true, childList: true, attributes: true, characterData: true };
      observer.observe(document.body, what);
      look();
    });
  const choices = () => [...document.querySelectorAll('[role=menuitemradio]')];
  const words = control().textContent.includes('In progress') ? 'Planned' : 'In progress';
  control().click();
  await until(() => choices().length > 0);
  const start = performance.now();
  choices()
    .find((choice) => choice.textContent.includes(words))
    .click();
  await until(() => control().classList.contains('pending'));
  await until(() => !control().classList.contains('pending'));
  const confirmed_ms = performance.now() - start;
  if (control().classList.contains('troubled')) throw new Error('the change was not done');
  return { confirmed_ms };
}

for (let count = 0; count < Number(taps); count += 1) {
  await page.waitForTimeout(Number(pauseMs) * (1 + Math.random() / 2));
  process.stdout.write(`${JSON.stringify(await page.evaluate(tap))}\n`);
}
await browser.close();
