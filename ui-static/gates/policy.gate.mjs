// Nothing comes from anywhere but the relay, and the page keeps to its own policy.

import { listen } from './network.mjs';

export const name =
  'no screen asks anybody but the relay for anything, breaks its content policy, or throws';
export const advice =
  'a request goes to the relay or is not made; scripts and styles come from files, never from strings';

export function looker() {
  return {
    opened: (page, say, walk) => listen(page, walk.stand.relay.origin, say),
  };
}
