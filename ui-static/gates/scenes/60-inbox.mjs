// What needs somebody.

import { conflict } from './50-editing.mjs';

export default [
  {
    name: 'inbox',
    changes: true,
    async go(user, stand) {
      await conflict(user, stand);
      await user.open(/^Inbox/);
      await user.see('Needs you');
    },
  },
];
