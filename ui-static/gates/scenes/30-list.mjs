// The specs of a project.

import { until } from '../stand/until.mjs';

async function toFilters(user) {
  await user.project('harbor');
  await user.press(/^Filter/);
  await user.page.getByRole('dialog', { name: 'Filters' }).waitFor();
}

export default [
  {
    name: 'list',
    picture: ['desk-light', 'phone-dark'],
    async go(user) {
      await user.project('harbor');
      await user.see('Open the gate with the phone');
    },
  },
  {
    name: 'list-filters',
    go: toFilters,
  },
  {
    name: 'list-filtered',
    async go(user) {
      await toFilters(user);
      await user.page.getByRole('combobox', { name: 'Tag' }).selectOption('safety');
      await user.key('Escape');
      await user.see(/^\d+ of/);
    },
  },
  {
    name: 'list-nothing-matches',
    async go(user) {
      await user.project('harbor');
      await user.page.getByRole('searchbox').fill('lighthouse');
      await user.see('No specs match.');
    },
  },
  {
    name: 'list-grouped',
    async go(user) {
      await toFilters(user);
      if (user.view.name === 'phone') {
        await user.page.getByRole('combobox', { name: 'Group' }).selectOption('status');
        await user.key('Escape');
      } else {
        await user.key('Escape');
        await user.choose(/^Group/, 'By status');
      }
      await user.see('In progress');
    },
  },
  {
    name: 'list-status-menu',
    async go(user) {
      await user.project('harbor');
      await user.press(/Status: Planned/);
      await user.page.getByRole('menu').waitFor();
    },
  },
  {
    name: 'list-peek',
    only: 'desk',
    async go(user) {
      await user.project('harbor');
      // Keys are heard when the list has taken them up.
      await until('the first row has the focus', async () => {
        await user.key('j');
        return user.page.evaluate(() => document.activeElement?.closest('main li') !== null);
      });
      await user.key(' ');
      await user.page
        .getByRole('complementary', { name: 'Peek' })
        .getByRole('heading')
        .first()
        .waitFor();
    },
  },
  {
    name: 'list-empty',
    async go(user) {
      await user.project('sketches');
      await user.see(/^No specs yet/);
    },
  },
  {
    name: 'list-halted',
    async go(user) {
      await user.project('attic');
      await user.see('sends nothing for this project');
    },
  },
  {
    name: 'list-of-machine-away',
    async go(user) {
      await user.project('harbor', 'ThinkPad');
      await user.see('Open the gate with the phone');
    },
  },
];
