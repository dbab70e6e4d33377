// The page opens without relay and host: what was seen before is there, with its age, and for reading.

import { isKept } from './kept.mjs';
import { Stand } from './stand/stand.mjs';
import { until } from './stand/until.mjs';
import { User } from './user.mjs';
import { openContext, VIEWS } from './views.mjs';
import { signIn } from './walk.mjs';

const SPEC = 'Warn every boat before the storm';

export const name =
  'without a network the page opens with what this device saved, says its age, and edits nothing';
export const advice =
  'src/offline/ keeps the files of the page, src/state/saved/ what it showed; nothing may wait for an answer';

/** The diagram of the spec, for which its frame needs code that no service worker brings. */
async function drawn(page) {
  await page.locator('.diagram').scrollIntoViewIfNeeded();
  await page.frameLocator('.diagram iframe').locator('svg').waitFor();
}

export async function run({ browser, say, report }) {
  const stand = await Stand.sample();
  const view = VIEWS[0];
  const context = await openContext(browser, view);
  try {
    let page = await context.newPage();
    let user = new User(page, stand.relay.origin, view);
    await signIn(page, stand);
    await user.spec(SPEC);
    await user.see(/hears of it/);
    await drawn(page);
    const address = page.url();
    await until('the page and what it shows are kept', () =>
      page.evaluate(isKept, ['relays', 'books', 'texts']),
    );
    await page.close();
    await stand.relay.stop();

    page = await context.newPage();
    user = new User(page, stand.relay.origin, view);
    const start = Date.now();
    await page.goto(address.replace(/\/s\/.*/, ''));
    await user.see(SPEC);
    report(`first row without a network: ${Date.now() - start} ms`);
    await user.see(/^saved (just now|\d+ min ago)$/);
    await user.see(/Showing what this device saved/);
    await page.goto(address);
    await user.see(/hears of it/);
    await drawn(page);
    await user.press(/^Status/);
    await user.see(/Editing is off until the relay answers/);
    if (await page.getByRole('menuitemradio').count()) say('a status can be chosen in a copy');
    await user.key('Escape');

    await stand.relay.start();
    // The page may try by itself before.
    await user.press('Retry now').catch(() => undefined);
    await user.see(/^live$/);
    await page.getByText(/Showing what this device saved/).waitFor({ state: 'detached' });
  } finally {
    await context.close();
    await stand.close();
  }
}
