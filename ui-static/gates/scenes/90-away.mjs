// The relay is away, or does not want us any more.

import { isKept } from '../kept.mjs';
import { until } from '../stand/until.mjs';
import { read } from './40-spec.mjs';

/** Opens the page that is shown once more, when neither relay nor host can be reached. */
async function openCopy(user, stand, ...copies) {
  await until('the page and what it shows are kept', () =>
    user.page.evaluate(isKept, ['relays', ...copies]),
  );
  await stand.relay.stop();
  await user.page.reload();
  await user.see('Showing what this device saved');
}

export default [
  {
    name: 'relay-away',
    async go(user, stand) {
      await user.spec('Harbour dues, worked out and paid');
      await read(user);
      await stand.relay.stop();
      await user.see('No connection to');
    },
    undo: (_, stand) => stand.relay.start(),
  },
  {
    name: 'saved-list',
    async go(user, stand) {
      await user.project('harbor');
      await openCopy(user, stand, 'books');
      await user.see('Warn every boat before the storm');
    },
    undo: (_, stand) => stand.relay.start(),
  },
  {
    name: 'saved-spec',
    async go(user, stand) {
      await user.spec('Harbour dues, worked out and paid');
      await read(user);
      await openCopy(user, stand, 'books', 'texts');
      await read(user);
    },
    undo: (_, stand) => stand.relay.start(),
  },
];
