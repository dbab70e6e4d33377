// What Lighthouse says of the screens that most people see first, on a desk and on a phone.

import { createServer } from 'node:net';
import { join } from 'node:path';

import lighthouse from 'lighthouse';
import desktop from 'lighthouse/core/config/desktop-config.js';

import { startProfile } from '../scripts/browser.mjs';
import { Stand } from './stand/stand.mjs';
import { User } from './user.mjs';
import { VIEWS } from './views.mjs';
import { signIn } from './walk.mjs';

/** What has to be 100. How fast it is depends on the computer, and is told. */
const WHOLE = ['accessibility', 'best-practices'];

export const name =
  'Lighthouse gives accessibility and best practices 100, on a desk and on a phone';
export const advice =
  'each line names the audit; `npx lighthouse URL --view` shows it with the elements it means';

export async function run({ say, report }) {
  const stand = await Stand.sample();
  const port = await freePort();
  const context = await startProfile(join(stand.folder, 'profile'), port);
  try {
    const page = await context.newPage();
    await signIn(page, stand);
    const user = new User(page, stand.relay.origin, VIEWS[0]);
    const machines = page.url();
    await user.project('harbor');
    const list = page.url();
    await page.close();
    await judge({ screen: 'list on a desk', url: list, port, config: desktop, say, report });
    await judge({
      screen: 'machines on a phone',
      url: machines,
      port,
      config: undefined,
      say,
      report,
    });
  } finally {
    await context.close();
    await stand.close();
  }
}

/** Without a configuration Lighthouse looks as a phone of the middle class does. */
async function judge({ screen, url, port, config, say, report }) {
  // The sign-in is in the profile's storage.
  const flags = { port, logLevel: 'silent', disableStorageReset: true };
  const onlyCategories = [...WHOLE, 'performance'];
  const { lhr } = await lighthouse(url, { ...flags, onlyCategories }, config);
  if (lhr.runtimeError) return say(`${screen}: ${lhr.runtimeError.message}`);
  const score = (id) => Math.round((lhr.categories[id].score ?? 0) * 100);
  report(`${screen}: ${onlyCategories.map((id) => `${id} ${score(id)}`).join(', ')}`);
  for (const id of WHOLE.filter((category) => score(category) < 100)) {
    const failed = lhr.categories[id].auditRefs
      .map((ref) => lhr.audits[ref.id])
      .filter((audit) => audit.score !== null && audit.score < 1);
    say(`${screen}: ${id} ${score(id)}: ${failed.map(sentence).join(' | ')}`);
  }
}

function sentence({ id, title, details }) {
  const items = (details?.items ?? []).slice(0, 3);
  return `${id} (${title}) ${JSON.stringify(items).slice(0, 300)}`;
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
