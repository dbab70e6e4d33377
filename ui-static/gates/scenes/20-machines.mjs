// Machines, settings, and pages that are not there.

export default [
  {
    name: 'machines',
    picture: ['phone-light'],
    go: (user) => user.heading('ThinkPad'),
  },
  {
    name: 'machine-away',
    only: 'desk',
    async go(user) {
      await user.open(/ThinkPad/);
      await user.page.getByRole('heading', { level: 1, name: 'ThinkPad' }).waitFor();
    },
  },
  {
    name: 'settings',
    async go(user) {
      await user.open('Settings');
      await user.heading('Relays');
    },
  },
  {
    name: 'settings-sign-out',
    async go(user) {
      await user.open('Settings');
      await user.press(/^Sign out/);
      await user.see('Remove the key from this browser?');
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
