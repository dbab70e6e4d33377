// One spec on two machines that differ in their texts, and a text whose updates are held.

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
    name: 'compare-texts',
    changes: true,
    async go(user, stand) {
      rewrite(stand);
      await user.spec('Harbour dues, worked out and paid');
      await user.open(/^ThinkPad/, user.page.locator('article'));
      await user.page.locator('.texts').waitFor();
    },
  },
  {
    name: 'spec-held',
    changes: true,
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
