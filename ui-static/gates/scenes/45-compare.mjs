// One spec on two machines, and what stands around the text of one.

import { read } from './40-spec.mjs';

const DUES = '004-harbour-dues/README.md';

/** Saves the dues on the MacBook with another sentence in them. */
const rewrite = ({ machines: { MacBook } }) =>
  MacBook.write(
    'harbor',
    DUES,
    `${MacBook.read('harbor', DUES).replace(/^## /m, 'Boats under sail pay half.\n\n## ')}\nPaid at the gate.\n`,
  );

export default [
  {
    name: 'compare',
    changes: true,
    picture: ['desk-light', 'phone-dark'],
    async go(user, stand) {
      rewrite(stand);
      await user.spec('Harbour dues, worked out and paid');
      await user.open(/^ThinkPad/, user.page.locator('article'));
      await user.page.locator('.texts').waitFor();
    },
  },
  {
    name: 'compare-fields',
    async go(user) {
      await user.spec('Tides beside every berth');
      await user.open(/^ThinkPad/, user.page.locator('article'));
      await user.page.locator('table.apart').waitFor();
    },
  },
  {
    name: 'compare-identical',
    async go(user) {
      await user.spec('Harbour dues, worked out and paid');
      await user.open(/^ThinkPad/, user.page.locator('article'));
      await user.see('Identical on both');
    },
  },
  {
    name: 'spec-acts',
    async go(user) {
      await user.spec('Tides beside every berth');
      await read(user);
      await user.press('More');
      await user.page.getByRole('menuitem', { name: 'Copy link', exact: true }).waitFor();
    },
  },
  {
    name: 'spec-changed',
    changes: true,
    picture: ['desk-light'],
    async go(user, stand) {
      await user.spec('Harbour dues, worked out and paid');
      await read(user);
      await user.press('More');
      await user.press('Hold updates');
      await user.see('Let updates in again');
      rewrite(stand);
      await user.see('Changed on MacBook');
      await user.press('What changed');
      await user.page.locator('.diff').waitFor();
    },
  },
];
