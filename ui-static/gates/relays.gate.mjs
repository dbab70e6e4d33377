// Two relays that know nothing of each other, in one browser: each gets its own key and nothing else,
// and nobody besides them gets anything at all.

import { Stand } from './stand/stand.mjs';
import { until } from './stand/until.mjs';
import { User } from './user.mjs';
import { openContext, VIEWS } from './views.mjs';
import { signIn } from './walk.mjs';

export const name =
  'of two relays each gets its own key only, nobody else is asked, and signing out leaves nothing behind';
export const advice =
  'a key is looked up by the exact origin; src/state/narrow.ts closes the way to everybody else';

/** Origins of what this browser keeps: keys, and copies of what relays said. */
const kept = async () => {
  const all = (database, store) =>
    new Promise((done) => {
      const asking = database.transaction(store).objectStore(store).getAll();
      asking.onsuccess = () => done(asking.result.map(({ origin }) => origin));
    });
  const open = (name) =>
    new Promise((done) => {
      const opening = indexedDB.open(name);
      opening.onsuccess = () => done(opening.result);
    });
  const [keys, copies] = await Promise.all([open('leanspec'), open('leanspec-saved')]);
  const found = {
    keys: await all(keys, 'sessions'),
    copies: (
      await Promise.all(['relays', 'books', 'texts'].map((store) => all(copies, store)))
    ).flat(),
  };
  keys.close();
  copies.close();
  return found;
};

export async function run({ browser, say }) {
  const [first, second] = [await Stand.sample(), await Stand.empty()];
  const context = await openContext(browser, VIEWS[0]);
  const origins = [first, second].map((stand) => stand.relay.origin);
  /** Which secrets were shown to which host. */
  const shown = new Map();
  context.on('request', async (request) => {
    const { origin, protocol } = new URL(request.url());
    if (!protocol.startsWith('http')) return;
    if (!origins.includes(origin)) say(`a request to ${origin}`);
    const { authorization } = await request.allHeaders().catch(() => ({}));
    if (!authorization) return;
    shown.set(authorization, (shown.get(authorization) ?? new Set()).add(origin));
    if (request.url().includes(authorization.slice(7))) say('a key stands in an address');
  });
  try {
    const page = await context.newPage();
    const user = new User(page, origins[0], VIEWS[0]);
    await signIn(page, first);
    const code = /code=([^&]+)/.exec(await second.relay.link())[1];
    // Another relay than those the page may talk to: it starts anew to ask there.
    await page.goto(`${origins[0]}/#/pair?relay=${encodeURIComponent(origins[1])}&code=${code}`);
    await user.see(/leanspec-bridge login/);
    const word = `http:${new URL(origins[0]).host}`;
    await page.goto(`${origins[0]}/#/o/${encodeURIComponent(word)}/`);
    await user.heading('MacBook');
    for (const hosts of shown.values()) {
      if (hosts.size > 1) say(`one key was shown to ${[...hosts].join(' and ')}`);
    }
    if (shown.size < 2) say(`${shown.size} keys were used at two relays`);
    const refused = await page.evaluate(() =>
      fetch('http://127.0.0.1:9/').catch((cause) => cause.name),
    );
    if (refused !== 'TypeError') say('a third host could be asked');

    await page.goto(`${origins[0]}/#/settings/relays`);
    await user.press(/^Sign out of .*/, page.getByRole('listitem').filter({ hasText: origins[1] }));
    await user.press('Sign out', page.getByRole('listitem').filter({ hasText: origins[1] }));
    await until('neither key nor copy of it is left', async () => {
      const { keys, copies } = await page.evaluate(kept);
      return ![...keys, ...copies].includes(origins[1]) && keys.includes(origins[0]);
    });
  } finally {
    await context.close();
    await Promise.all([first.close(), second.close()]);
  }
}
