// A hand on the page: goes where a user goes, by what a user sees. Whatever is not visible does not
// exist here.

const WITHIN_MS = 10_000;

/** Roles of what a user would call a button. */
const PRESSABLE = [
  'button',
  'menuitem',
  'menuitemradio',
  'menuitemcheckbox',
  'option',
  'checkbox',
  'radio',
  'switch',
  'tab',
];

/** Runs in the page. */
function forget() {
  sessionStorage.clear();
  Storage.prototype.setItem = () => undefined;
}

const visible = (locator) => locator.filter({ visible: true });

export class User {
  constructor(page, origin, view) {
    Object.assign(this, { page, origin, view });
    page.setDefaultTimeout(WITHIN_MS);
  }

  /** Opens the page anew, at its first screen, without anything kept from before but the sign-in. */
  async home() {
    // Edits that were not done, and drafts, are kept for the window. The page that is left must not
    // keep them once more on its way out: a later edit would stand on one that was put back since.
    await this.page.evaluate(forget).catch(() => undefined);
    await this.page.goto('about:blank');
    await this.page.goto(`${this.origin}/#/`);
    await this.page.getByRole('heading', { level: 1 }).first().waitFor();
  }

  /** Waits until something can be read. */
  see(text) {
    return visible(this.page.getByText(text)).first().waitFor();
  }

  heading(name) {
    return visible(this.page.getByRole('heading', { name })).first().waitFor();
  }

  /** Waits until the screen has this title. */
  title(name) {
    return visible(this.page.getByRole('heading', { level: 1, name }))
      .first()
      .waitFor();
  }

  /** Follows the first link of this name. */
  open(name, inside = this.page) {
    return visible(inside.getByRole('link', { name })).first().click();
  }

  button(name, inside = this.page) {
    const found = PRESSABLE.map((role) => inside.getByRole(role, { name }));
    return visible(found.reduce((one, other) => one.or(other))).first();
  }

  press(name, inside) {
    return this.button(name, inside).click();
  }

  field(name) {
    const found = ['textbox', 'searchbox', 'combobox'].map((role) =>
      this.page.getByRole(role, { name }),
    );
    return visible(found.reduce((one, other) => one.or(other))).first();
  }

  fill(name, text) {
    return this.field(name).fill(text);
  }

  key(name) {
    return this.page.keyboard.press(name);
  }

  /** From the machines' screen to the specs of a project on a machine. */
  async project(project, machine = 'MacBook') {
    await this.machines();
    const section = this.page.locator('main section', {
      has: this.page.getByRole('heading', { name: machine }),
    });
    await this.open(project, section);
    await this.title(project);
  }

  /** To the machines' screen, from wherever there is a way. */
  async machines() {
    const there = this.page.getByRole('heading', { level: 1, name: 'Machines' });
    if (await there.isVisible()) return;
    await this.open(/^(Machines|LeanSpec)$/);
    await there.waitFor();
  }

  /** From the machines' screen to a spec, by its title. */
  async spec(title, { project = 'harbor', machine = 'MacBook' } = {}) {
    await this.project(project, machine);
    await this.open(title, this.page.locator('main'));
    await this.title(title);
  }

  /** Chooses a value in the menu of a field. */
  async choose(field, value) {
    await this.press(field);
    await visible(this.page.getByRole('menuitemradio', { name: value }))
      .first()
      .click();
  }
}
