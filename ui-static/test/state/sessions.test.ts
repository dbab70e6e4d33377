import 'fake-indexeddb/auto';

import { expect, test } from 'vitest';

import { Sessions } from '../../src/state/sessions.svelte';

test('a sign-in that is faster than the browser’s store is there and is kept', async () => {
  const session = {
    origin: 'https://relay.example.org',
    key: 'secret',
    scope: 'edit',
    name: 'phone',
    signedInAt: 1,
  };
  const sessions = new Sessions();
  const opening = sessions.open();
  await sessions.add(session);
  await opening;
  expect(sessions.list).toEqual([session]);

  const later = new Sessions();
  await later.open();
  expect(later.list).toEqual([session]);
});
