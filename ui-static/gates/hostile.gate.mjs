// A repository of somebody who means harm, read through a real bridge, relay and page.

import { audit } from './hostile/audit.mjs';
import { MACHINE, writeHostileProject } from './hostile/project.mjs';
import { listen } from './network.mjs';
import { Stand } from './stand/stand.mjs';
import { User } from './user.mjs';
import { openContext, VIEWS } from './views.mjs';

/** The worker has two seconds, a diagram five; the rest is the machine's own slowness. */
const SHOWN_WITHIN_MS = 20_000;

/** A form that is never drawn proves nothing. */
const PICTURES_MIN = 5;

export const name =
  'a hostile repository executes nothing, loads nothing and leaves nothing in the page, in whatever field it comes';
export const advice =
  'build what comes from a spec from the allow-list of markdown/dom.ts or as text; never weaken the form in hostile/';

export async function run({ browser, say, report }) {
  const stand = await Stand.empty();
  try {
    const { dir, specs } = writeHostileProject(stand.folder);
    const machine = stand.machine(MACHINE, {
      hostile: { dir, allow: ['frontmatter', 'tasks', 'content', 'create'] },
    });
    await machine.start();
    const context = await openContext(browser, VIEWS[0]);
    const page = await context.newPage();
    const place = { now: 'signing in' };
    const fault = (text) => say(`${place.now}: ${text}`);
    // A frame that draws has a second wall, and it may be hit: what comes over it is a fault.
    const hits = [];
    await listen(page, stand.relay.origin, fault, (text) => hits.push(`${place.now}: ${text}`));
    const visitor = new Visitor(page, stand, place, fault);
    await visitor.enter();
    await visitor.seeScreens();
    for (const [form, folder] of specs) await visitor.read(form, folder);
    place.now = 'a conflict';
    await visitor.conflict(machine, specs.get('html-script'));
    report(
      `${specs.size} texts, ${visitor.pictures} drawn as diagrams; ${visitor.looks} looks at the page`,
    );
    if (visitor.pictures < PICTURES_MIN) say(`only ${visitor.pictures} diagrams were drawn at all`);
    report(`stopped by the policy of a diagram's frame: ${hits.length}`);
    await context.close();
  } finally {
    await stand.close();
  }
}

class Visitor {
  looks = 0;
  pictures = 0;

  constructor(page, stand, place, fault) {
    Object.assign(this, { page, stand, place, fault });
    this.user = new User(page, stand.relay.origin, VIEWS[0]);
  }

  async enter() {
    await this.page.goto(await this.stand.relay.link());
    await this.page
      .getByText(/^\d+ specs/)
      .first()
      .waitFor();
    this.address = new URL(this.page.url()).origin + new URL(this.page.url()).pathname;
    await this.look();
  }

  /** Every screen that shows names, tags, people and relations. */
  async seeScreens() {
    const { page, user } = this;
    await page.locator('main').getByRole('link', { name: /<img/ }).first().click();
    const views = page.getByRole('navigation', { name: 'Views' }).getByRole('link');
    await views.first().waitFor();
    const { machine, project } = /#\/m\/(?<machine>[^/]+)\/p\/(?<project>[^/?]+)/.exec(
      page.url(),
    ).groups;
    this.project = `#/m/${machine}/p/${project}`;
    for (const view of await views.all()) {
      this.place.now = `the view ${await view.innerText()}`;
      await view.click();
      await page.getByRole('heading', { level: 1 }).first().waitFor();
      await this.look();
    }
    await views.first().click();
    this.place.now = 'the filters';
    await user.press(/^Filter/);
    await this.look();
    await user.key('Escape');
    for (const group of ['tag', 'parent', 'priority']) {
      this.place.now = `the list by ${group}`;
      await this.goTo(`${this.project}?group=${group}`);
      await this.look();
    }
    for (const address of ['#/', `#/m/${machine}`, '#/activity', '#/inbox']) {
      this.place.now = `the screen ${address}`;
      await this.goTo(address);
      await this.look();
    }
  }

  /** One text, rendered, and as it is. */
  async read(form, folder) {
    this.place.now = form;
    const { page } = this;
    await page.evaluate(() => document.querySelector('.document')?.classList.add('before'));
    await this.goTo(`${this.project}/s/${encodeURIComponent(folder)}`);
    const shown = page
      .locator('.document:not(.before) > *')
      .or(page.getByRole('region', { name: /^(Plain|Raw) text$/ }));
    await shown
      .first()
      .waitFor({ state: 'attached', timeout: SHOWN_WITHIN_MS })
      .catch(() => this.fault('it was never shown, neither laid out nor as plain text'));
    if (form.startsWith('diagram')) await this.drawn();
    await this.look();
  }

  /** A diagram is drawn when it comes near; then it is drawn, or there is a reason. */
  async drawn() {
    const { page } = this;
    await page.locator('.diagram').first().scrollIntoViewIfNeeded();
    const drawn = page.locator('.diagram-toggle:not([hidden])');
    const refused = page.locator('.diagram-note:not([hidden])');
    await drawn
      .or(refused)
      .first()
      .waitFor({ timeout: SHOWN_WITHIN_MS })
      .catch(() => this.fault('the diagram came to no end'));
    if (await drawn.count()) this.pictures += 1;
  }

  /** The difference of a hostile text, in the sheet of a conflict. */
  async conflict(machine, folder) {
    const { page, user } = this;
    const file = `${folder}/README.md`;
    await this.goTo(`${this.project}/s/${encodeURIComponent(folder)}`);
    await page.locator('.document > *').first().waitFor();
    machine.bridge.freeze();
    const sent = page.waitForResponse((response) => response.request().method() === 'POST');
    await user.choose(/^Status/, 'In progress');
    await sent;
    machine.write(
      'hostile',
      file,
      `${machine.read('hostile', file)}\n<script>window.__pwned=1</script>\n`,
    );
    machine.bridge.thaw();
    await user.press('Review');
    await page.locator('.diff').waitFor();
    await this.look();
  }

  goTo(address) {
    return this.page.evaluate((hash) => void (location.hash = hash), address);
  }

  /** Nothing has happened, and nothing stands there waiting to happen. */
  async look() {
    const { page } = this;
    this.looks += 1;
    await page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))),
    );
    for (const frame of page.frames()) {
      const pwned = await frame
        .evaluate(() =>
          [window.__pwned, {}.polluted, Object.polluted].find((one) => one !== undefined),
        )
        .catch(() => undefined);
      if (pwned !== undefined) this.fault(`something was executed in ${frame.url()}`);
    }
    const url = new URL(page.url());
    if (url.origin + url.pathname !== this.address) this.fault(`the page went to ${url}`);
    for (const sentence of await page.evaluate(`(${audit})(document)`)) this.fault(sentence);
  }
}
