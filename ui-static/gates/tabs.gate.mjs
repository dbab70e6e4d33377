// All tabs of a browser read one stream, and none misses anything when that tab is closed.

import { Stand } from './stand/stand.mjs';
import { until } from './stand/until.mjs';
import { Streams } from './streams.mjs';
import { User } from './user.mjs';
import { openContext, VIEWS } from './views.mjs';
import { signIn } from './walk.mjs';

const FILE = '012-storm-warning/README.md';

export const name =
  'three tabs hold one stream, each shows every save, and the next takes over when one is closed';
export const advice =
  'see src/wire/shared-feed.ts: one tab with the lock reads, and a tab that takes over goes on from its place';

export async function run({ browser, say }) {
  const stand = await Stand.sample();
  const { MacBook } = stand.machines;
  const context = await openContext(browser, VIEWS[0]);
  const streams = new Streams(context);
  const text = MacBook.read('harbor', FILE);
  const save = (title) => MacBook.write('harbor', FILE, text.replace(/^# .*$/m, `# ${title}`));
  try {
    const tabs = [];
    for (let count = 0; count < 3; count += 1) {
      const page = await context.newPage();
      const user = new User(page, stand.relay.origin, VIEWS[0]);
      if (count === 0) await signIn(page, stand);
      else await user.home();
      await user.project('harbor');
      tabs.push({ page, user });
    }
    const isOne = () => until('one stream is open', () => streams.open.size === 1);
    await isOne();
    for (const [at, { page }] of tabs.entries()) {
      save(`Warning, written for the ${at + 1}th time`);
      for (const { user } of tabs.slice(at))
        await user.see(`Warning, written for the ${at + 1}th time`);
      await page.close();
      // What is saved while nobody reads is shown by the next one too.
      if (at < tabs.length - 1) await isOne();
    }
    if (streams.asked > tabs.length) say(`${streams.asked} streams were opened for 3 tabs`);
  } finally {
    await context.close();
    await stand.close();
  }
}
