// The parts of the settings.

/** From the machines' screen to a part of the settings. */
async function toPart(user, part) {
  await user.open('Settings');
  await user.title('Settings');
  await user.open(part, user.page.locator('main'));
}

export default [
  { name: 'settings', go: (user) => toPart(user, 'General') },
  {
    name: 'settings-chinese',
    async go(user) {
      await toPart(user, 'General');
      await user.press('简体中文');
      await user.title('设置');
    },
    undo: (user) => user.press('English'),
  },
  {
    name: 'settings-devices',
    async go(user) {
      await toPart(user, 'Keys');
      await user.button('Make the key').waitFor();
    },
  },
  {
    name: 'settings-new-key',
    async go(user) {
      await toPart(user, 'Keys');
      await user.fill('Name', 'Phone');
      await user.press('Make the key');
      await user.see('This is shown once');
    },
  },
  {
    name: 'settings-relays',
    async go(user) {
      await toPart(user, 'Relays');
      await user.heading('Relays');
    },
  },
  {
    name: 'settings-sign-out',
    async go(user) {
      await toPart(user, 'Relays');
      await user.press(/^Sign out/);
      await user.see('Remove the key from this browser?');
    },
  },
  { name: 'settings-network', go: (user) => toPart(user, 'Network') },
  { name: 'settings-about', go: (user) => toPart(user, 'About') },
];
