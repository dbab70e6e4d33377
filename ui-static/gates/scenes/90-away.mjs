// The relay is away, or does not want us any more.

import { read } from './40-spec.mjs';

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
];
