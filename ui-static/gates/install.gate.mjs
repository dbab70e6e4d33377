// The page as an app: installed from any folder of any host, and replaced by a newer version only when
// somebody asks for it.

import { join } from 'node:path';

import { findViolations } from './axe.mjs';
import { DIST } from './stand/binaries.mjs';
import { Host } from './stand/host.mjs';
import { Stand } from './stand/stand.mjs';
import { until } from './stand/until.mjs';
import { User } from './user.mjs';
import { openContext, THEMES, VIEWS } from './views.mjs';
import { rest } from './walk.mjs';

export const name =
  'from a folder of a static host the page can be installed, and a newer one waits until it is asked for';
export const advice = 'see src/offline/, scripts/offline.ts and public/manifest.webmanifest';

const isControlled = () => navigator.serviceWorker.controller !== null;
const askForNewer = async () => void (await (await navigator.serviceWorker.ready).update());
const cached = async () => {
  const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
  const requests = await Promise.all(caches_.map((cache) => cache.keys()));
  return requests.flat().map(({ url }) => url);
};
const parts = () => performance.getEntriesByType('resource').map((entry) => entry.name);

export async function run({ browser, say }) {
  const stand = await Stand.sample();
  const host = await Host.of(DIST, join(stand.folder, 'host'));
  const context = await openContext(browser, VIEWS[0]);
  try {
    const page = await context.newPage();
    const user = new User(page, host.address, VIEWS[0]);
    const code = /code=([^&]+)/.exec(await stand.relay.link())[1];
    const relay = encodeURIComponent(stand.relay.origin);
    await page.goto(`${host.address}#/pair?relay=${relay}&code=${code}`);
    await user.heading('MacBook');
    await page.waitForFunction(isControlled);
    await installable(await context.newCDPSession(page), say);

    const other = await context.newPage();
    await other.goto(`${host.address}#/`);
    await new User(other, host.address, VIEWS[0]).heading('MacBook');
    host.publish();
    // The newer one is there, and the page goes on as it was, with parts that the host has no more.
    await until('a newer version is offered', async () => {
      await page.evaluate(askForNewer);
      return page.getByText('A new version of this page is ready.').isVisible();
    });
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme });
      await rest(page);
      for (const violation of await findViolations(page)) say(`the offer: ${violation}`);
    }
    await user.open('Settings');
    await user.heading('Settings');
    await Promise.all([page.waitForEvent('load'), user.press('Reload')]);
    await user.heading('Settings');
    const scripts = (await page.evaluate(parts)).filter((url) => url.endsWith('.js'));
    const older = scripts.filter((url) => !url.endsWith('-newer.js'));
    if (scripts.length === 0 || older.length > 0) say(`after Reload: ${older.length} older parts`);

    const left = new User(other, host.address, VIEWS[0]);
    await left.open('Settings');
    await left.heading('Settings');
    await left.see('A new version of this page is ready.');
    for (const url of await page.evaluate(cached)) {
      if (!url.startsWith(host.address)) say(`kept: ${url}`);
    }
  } finally {
    await context.close();
    await host.close();
    await stand.close();
  }
}

/** What a browser has against installing it, besides that this window keeps nothing. */
async function installable(devtools, say) {
  const { errors } = await devtools.send('Page.getAppManifest');
  for (const { message } of errors) say(`the manifest: ${message}`);
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
  for (const { errorId } of installabilityErrors) {
    if (errorId !== 'in-incognito') say(`cannot be installed: ${errorId}`);
  }
}
