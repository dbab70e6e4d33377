// The field from which anything is found and done, the list of keys, the switch of machines.

const FIND = 'Find or do something';

async function openPalette(user) {
  await user.project('harbor');
  await user.press(FIND);
  await user.page.getByRole('dialog').getByRole('combobox').waitFor();
}

export default [
  { name: 'palette', go: openPalette },
  {
    name: 'palette-found',
    async go(user) {
      await openPalette(user);
      await user.page.keyboard.type('tide');
      await user.page.getByRole('option', { name: /Tides/ }).first().waitFor();
      // Also where nobody has been yet.
      const elsewhere = user.page.getByRole('group', { name: 'In other projects' });
      await elsewhere.getByRole('option', { name: /Tides .*Desktop/ }).waitFor();
      await user.page.getByText(/^Looking through/).waitFor({ state: 'detached' });
    },
  },
  {
    name: 'palette-nothing',
    async go(user) {
      await openPalette(user);
      await user.page.keyboard.type('qqqxyz');
      await user.page.getByText('Nothing found.').waitFor();
    },
  },
  {
    name: 'keys',
    only: 'desk',
    async go(user) {
      // Keys are heard when what they open is there.
      await openPalette(user);
      await user.key('Escape');
      await user.key('?');
      await user.heading('Keys');
    },
  },
  {
    name: 'machine-switch',
    async go(user) {
      await user.project('harbor');
      await user.press(/^MacBook/);
      await user.page.getByRole('dialog', { name: 'Choose a machine' }).waitFor();
    },
  },
];
