// Every state of an edit.

import { read } from './40-spec.mjs';

const DUES = 'Harbour dues, worked out and paid';
const DUES_FILE = '004-harbour-dues/README.md';
const WAITING = 'A waiting list for full nights';

/** Holds the machine's bridge, so that nothing that is sent to it is answered. */
const hold = (stand) => stand.machines.MacBook.bridge.freeze();
const letGo = (_, stand) => stand.machines.MacBook.bridge.thaw();

/** The line of a file that `conflict` changes, before and after. */
const OLD_LINE = 'Tariff as data, with the day from which it holds';
const NEW_LINE = 'Tariff as data, signed by the council';

/** Sends a change and saves the file on the machine before the change gets there. */
export async function conflict(user, stand) {
  const machine = stand.machines.MacBook;
  await user.spec(DUES);
  await read(user);
  hold(stand);
  const sent = user.page.waitForResponse(
    (response) => response.request().method() === 'POST' && response.url().endsWith('/commands'),
  );
  await user.choose(/^Priority/, 'Low');
  await sent;
  machine.write('harbor', DUES_FILE, machine.read('harbor', DUES_FILE).replace(OLD_LINE, NEW_LINE));
  letGo(user, stand);
  await user.see('since you looked');
}

async function openText(user, title) {
  await user.spec(title);
  await read(user);
  await user.press('Edit text');
  const field = user.field(/^Text of/);
  await field.waitFor();
  return field;
}

export default [
  {
    name: 'edit-menu',
    async go(user) {
      await user.spec(DUES);
      await user.press(/^Status/);
      await user.page.getByRole('menu').waitFor();
    },
  },
  {
    name: 'edit-done',
    changes: true,
    async go(user) {
      await user.spec(WAITING);
      await user.choose(/^Status/, 'In progress');
      await user.see('Undo');
    },
  },
  {
    name: 'edit-pending',
    changes: true,
    async go(user, stand) {
      await user.spec(DUES);
      await read(user);
      hold(stand);
      await user.choose(/^Status/, 'Planned');
      await user.see('Waiting for MacBook');
    },
    undo: letGo,
  },
  {
    name: 'edit-refused',
    changes: true,
    async go(user) {
      await user.spec(DUES);
      await read(user);
      await user.choose(/^Status/, 'Complete');
      await user.see('Complete anyway');
    },
  },
  {
    name: 'edit-unsent',
    changes: true,
    async go(user, stand) {
      await user.spec(WAITING);
      await read(user);
      await stand.relay.stop();
      await user.choose(/^Status/, 'In progress');
      await user.see('Not sent.');
    },
    undo: (_, stand) => stand.relay.start(),
  },
  { name: 'edit-conflict-card', changes: true, go: conflict },
  {
    name: 'edit-conflict',
    changes: true,
    async go(user, stand) {
      await conflict(user, stand);
      await user.press('Review');
      await user.page.locator('.diff').waitFor();
    },
  },
  {
    name: 'edit-tags',
    async go(user) {
      await user.spec(DUES);
      if (user.view.name === 'phone') await user.page.getByText('Details').click();
      await user.press(/^Tags/);
      await user.field('Add a tag').waitFor();
    },
  },
  {
    name: 'edit-assignee',
    async go(user) {
      await user.spec(DUES);
      if (user.view.name === 'phone') await user.page.getByText('Details').click();
      await user.press(/^Assignee/);
      await user.fill('Name', 'jonas');
    },
  },
  {
    name: 'edit-text',
    async go(user) {
      const field = await openText(user, DUES);
      await field.fill(`${await field.inputValue()}\nTyped on the train.\n`);
      await user.see('Kept as a draft');
    },
  },
  {
    name: 'edit-text-overtaken',
    changes: true,
    async go(user, stand) {
      const machine = stand.machines.MacBook;
      const field = await openText(user, DUES);
      await field.fill(`${await field.inputValue()}\nTyped on the train.\n`);
      const text = machine.read('harbor', DUES_FILE);
      machine.write('harbor', DUES_FILE, text.replace(OLD_LINE, NEW_LINE));
      await user.press('Show what changed');
      await user.page.locator('.diff').waitFor();
    },
  },
  {
    name: 'edit-create',
    async go(user) {
      await user.project('harbor');
      await user.press('New spec');
      await user.fill('Title', 'Sign in by link');
    },
  },
  {
    name: 'edit-why-not',
    async go(user) {
      await user.spec(DUES, { machine: 'Desktop' });
      await user.press('Edit text');
      await user.page.getByRole('note').waitFor();
    },
  },
  {
    name: 'edit-for-machine-away',
    changes: true,
    async go(user) {
      await user.spec(DUES, { machine: 'ThinkPad' });
      await user.choose(/^Status/, 'Planned');
      await user.see('Waits for ThinkPad');
    },
  },
  {
    name: 'edit-queue',
    changes: true,
    async go(user) {
      await user.spec(DUES, { machine: 'ThinkPad' });
      await user.choose(/^Status/, 'Planned');
      await user.see('Waits for ThinkPad');
      await user.machines();
      await user.press(/^1 edit waiting/);
      await user.press(/^Take back/, user.page.getByRole('dialog'));
      await user.button('Yes, take it back').waitFor();
    },
  },
  {
    name: 'edit-rows',
    changes: true,
    async go(user, stand) {
      await conflict(user, stand);
      await user.machines();
      await user.spec(WAITING);
      await read(user);
      hold(stand);
      await user.choose(/^Priority/, 'High');
      await user.machines();
      await user.project('harbor');
      await user.page.locator('.glyph.pending').first().waitFor();
    },
    undo: letGo,
  },
];
