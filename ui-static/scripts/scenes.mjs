// The states of an edit, for `npm run look`: where to go, and what to do there until it is seen.

const MACBOOK = 'm/macbook/p/reader';
const DESKTOP = 'm/desktop/p/reader';

const button = (page, name) => page.getByRole('button', { name }).first();
const seen = (page, text) => page.getByText(text).last().waitFor();

async function choose(page, field, value) {
  await button(page, field).click();
  await page.getByRole('menuitemradio', { name: value }).click();
}

/** An edit that meets a file which somebody saves in the last moment. */
async function meetNewer(page, relay) {
  relay.commands.mood = 'busy';
  await choose(page, /^Priority/, 'Low');
  await seen(page, 'since you looked');
}

async function openText(page) {
  await button(page, 'Edit text').click();
  const field = page.getByRole('textbox', { name: /^Text of/ });
  await field.waitFor();
  return field;
}

/** Name of the picture, address, and the way to it. */
export const SCENES = [
  [
    'edit-menu',
    `${MACBOOK}/s/004-offline-reader`,
    async (page) => {
      await button(page, /^Status/).click();
      await page.getByRole('menu').waitFor();
    },
  ],
  [
    'edit-done',
    `${MACBOOK}/s/006-weekly-digest`,
    async (page) => {
      await choose(page, /^Status/, 'In progress');
      await seen(page, 'Undo');
    },
  ],
  [
    'edit-pending',
    `${MACBOOK}/s/004-offline-reader`,
    async (page, relay) => {
      relay.commands.mood = 'silent';
      await choose(page, /^Status/, 'Planned');
      await page.locator('.document input').nth(3).click();
      await page.getByText('Waiting for MacBook').first().waitFor();
      await page.evaluate(() => scrollTo(0, 0));
    },
  ],
  [
    'edit-refused',
    `${MACBOOK}/s/004-offline-reader`,
    async (page) => {
      await choose(page, /^Status/, 'Complete');
      await seen(page, 'Complete anyway');
    },
  ],
  [
    'edit-unsent',
    `${MACBOOK}/s/003-full-text-search`,
    async (page, relay) => {
      await page.locator('.dock').waitFor({ state: 'attached' });
      relay.turn('down');
      await choose(page, /^Status/, 'Planned');
      await seen(page, 'Not sent.');
    },
  ],
  ['edit-conflict-card', `${MACBOOK}/s/005-highlights`, meetNewer],
  [
    'edit-conflict',
    `${MACBOOK}/s/007-share-a-list`,
    async (page, relay) => {
      relay.commands.mood = 'busy';
      await choose(page, /^Priority/, 'High');
      await button(page, 'Look').click();
      await page.locator('.diff').waitFor();
    },
  ],
  [
    'edit-tags',
    `${MACBOOK}/s/004-offline-reader`,
    async (page) => {
      await button(page, /^Tags/).click();
      await page.getByLabel('Add a tag').waitFor();
    },
  ],
  [
    'edit-assignee',
    `${MACBOOK}/s/004-offline-reader`,
    async (page) => {
      await button(page, /^Assignee/).click();
      await page.getByLabel('Name').fill('ada');
    },
  ],
  [
    'edit-text',
    `${MACBOOK}/s/004-offline-reader`,
    async (page) => {
      const field = await openText(page);
      await field.fill(`${await field.inputValue()}\nTyped on the train.\n`);
      await seen(page, 'Kept as a draft');
    },
  ],
  [
    'edit-text-overtaken',
    `${MACBOOK}/s/002-import-bookmarks`,
    async (page, relay) => {
      const field = await openText(page);
      await field.fill(`${await field.inputValue()}\nTyped on the train.\n`);
      relay.commands.saveFirst({
        machine: 'macbook',
        project: 'reader',
        spec: '002-import-bookmarks',
      });
      await button(page, 'Show what changed').click();
      await page.locator('.diff').waitFor();
    },
  ],
  [
    'edit-create',
    MACBOOK,
    async (page) => {
      await button(page, 'New spec').click();
      await page.getByRole('textbox', { name: 'Title' }).fill('Sign in by link');
    },
  ],
  [
    'edit-why',
    `${DESKTOP}/s/005-highlights`,
    async (page) => {
      await button(page, 'Edit text').click();
      await page.getByRole('note').waitFor();
    },
  ],
  [
    'edit-offline',
    `${DESKTOP}/s/005-highlights`,
    async (page) => {
      await choose(page, /^Status/, 'Planned');
      await page.getByText('Waits for Desktop').last().waitFor();
    },
  ],
  [
    'edit-queue',
    `${DESKTOP}/s/004-offline-reader`,
    async (page, relay) => {
      await choose(page, /^Status/, 'Planned');
      await page.locator('.document input').nth(3).click();
      await page.getByText('2 changes.').waitFor();
      await page.goto(`${relay.origin}/#/`);
      await button(page, '2 changes').click();
      await button(page.getByRole('dialog'), /^Take back/).click();
      await button(page, 'Yes, take it back').waitFor();
    },
  ],
  ['edit-readonly', 'm/macbook/p/handbook/s/001-style', (page) => seen(page, 'Read-only.')],
  [
    'edit-rows',
    `${MACBOOK}/s/001-reading-list`,
    async (page, relay) => {
      await meetNewer(page, relay);
      relay.commands.mood = 'silent';
      await page.goto(`${relay.origin}/#/${MACBOOK}/s/008-rate-limits`);
      await page.getByRole('heading', { name: 'Limits for' }).waitFor();
      await choose(page, /^Priority/, 'High');
      await page.goto(`${relay.origin}/#/${MACBOOK}`);
      await page.locator('.glyph.pending').waitFor();
    },
  ],
];
