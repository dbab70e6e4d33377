// Walks through the scenes in one window, and shows each one to whoever wants to look at it.

import { Stand } from './stand/stand.mjs';
import { User } from './user.mjs';
import { openContext, THEMES, VIEWS } from './views.mjs';

/** How much of a page's text a fault quotes, in characters. */
const SEEN_MAX = 600;

/** Visits every scene. `lookers` have `opened(page, say)` and `at(visit, say)`, both optional. */
export class Walk {
  constructor({ browser, stand, view, scenes, lookers }) {
    Object.assign(this, { browser, stand, view, lookers });
    this.scenes = scenes.filter(({ only }) => !only || only === view.name);
  }

  async run() {
    await this.part(this.scenes.filter(({ signedOut }) => signedOut));
    await this.part(this.scenes.filter(({ signedOut }) => !signedOut));
  }

  /** Scenes of somebody without a key, or of somebody with one: neither sees the other's storage. */
  async part(scenes) {
    if (scenes.length === 0) return;
    const context = await openContext(this.browser, this.view);
    const page = await context.newPage();
    const place = { scene: 'signing in', view: this.view.name };
    for (const looker of this.lookers) {
      await looker.opened?.(
        page,
        (text) => looker.fault(`${place.scene} ${place.view}: ${text}`),
        this,
      );
    }
    const user = new User(page, this.stand.relay.origin, this.view);
    if (!scenes[0].signedOut) await signIn(page, this.stand);
    for (const scene of scenes) {
      place.scene = scene.name;
      await this.visit(scene, user);
    }
    await context.close();
  }

  async visit(scene, user) {
    const { page } = user;
    try {
      await user.home();
      await scene.go(user, this.stand);
    } catch (cause) {
      const why = cause.message.split('\n').slice(0, 3).join(' ');
      this.lookers[0].fault(
        `${scene.name} ${this.view.name}: no way there: ${why}\n${await seenOn(page)}`,
      );
    }
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme });
      await rest(page);
      const visit = { page, scene, view: this.view, theme };
      const at = `${scene.name} ${this.view.name}-${theme}`;
      for (const looker of this.lookers) {
        await looker.at?.(visit, (text) => looker.fault(`${at}: ${text}`));
      }
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await scene.undo?.(user, this.stand);
    if (scene.changes)
      await this.stand.restore().catch((cause) => {
        throw new Error(`after ${scene.name} ${this.view.name}: ${cause.message}`);
      });
  }
}

/**
 * Waits until everything that moves has come to rest, a spinner excepted: colours on their way are no
 * colours. A colour that is inherited sets out one level at a time, hence more than one quiet frame.
 */
export function rest(page) {
  return page.evaluate(async () => {
    const QUIET_FRAMES = 3;
    const moves = ({ playState, effect }) =>
      playState === 'running' && effect?.getTiming().iterations !== Infinity;
    for (let quiet = 0; quiet < QUIET_FRAMES;) {
      await new Promise(requestAnimationFrame);
      quiet = document.getAnimations().some(moves) ? 0 : quiet + 1;
    }
  });
}

/** Signs a fresh window in with a link that is good once. */
export async function signIn(page, stand) {
  await page.goto(await stand.relay.link());
  await page.waitForFunction(() => !location.hash.includes('code='));
  await page
    .getByRole('heading', { name: 'MacBook' })
    .first()
    .waitFor()
    .catch(async (cause) => {
      throw new Error(`not signed in: ${cause.message}\n${await seenOn(page)}`);
    });
}

/** What can be read on a page, in one line. */
async function seenOn(page) {
  const text = await page
    .locator('body')
    .innerText()
    .catch(() => '');
  return `  what the page shows: ${text.replaceAll(/\s+/g, ' ').slice(0, SEEN_MAX)}`;
}

/** Every view at the same time, each on a stand of its own. */
export async function walkAll({ browser, scenes, lookers, views = VIEWS }) {
  await Promise.all(
    views.map(async (view) => {
      const stand = await Stand.sample();
      try {
        await new Walk({ browser, stand, view, scenes, lookers }).run();
      } finally {
        await stand.close();
      }
    }),
  );
}
