// Machines and what is said of each.

/** From the machines' screen to a machine's own. */
async function toMachine(user, name) {
  await user.open(name, user.page.locator('main'));
  await user.title(name);
}

export default [
  {
    name: 'machines',
    go: (user) => user.heading('ThinkPad'),
  },
  { name: 'machine', go: (user) => toMachine(user, 'MacBook') },
  { name: 'machine-away', go: (user) => toMachine(user, 'ThinkPad') },
  {
    name: 'machine-forget',
    async go(user) {
      await toMachine(user, 'ThinkPad');
      await user.press(/^Forget this machine/);
      await user.see('Forget ThinkPad?');
    },
  },
  {
    name: 'machine-forget-project',
    async go(user) {
      await toMachine(user, 'ThinkPad');
      await user.press('Forget harbor');
      await user.see('Forget harbor of ThinkPad?');
    },
  },
  // Here, before anybody has edited anything.
  {
    name: 'inbox-empty',
    async go(user) {
      await user.open(/^Inbox/);
      await user.title('Inbox');
      await user.see('Nothing needs you');
    },
  },
  {
    name: 'no-such-page',
    async go(user) {
      // An address typed wrong.
      await user.page.goto(`${user.origin}/#/nowhere`);
      await user.heading('There is no such page');
    },
  },
];
