// Which relay the page shows now: one at a time, with its feed open while the page is seen.

import { prefetchFeed } from '../wire/late-feed';
import { clock } from './clock.svelte';
import { savedStore } from './database';
import { followPage } from './lifecycle';
import { RelayState } from './relay.svelte';
import { type Session, sessions } from './sessions.svelte';

prefetchFeed();

class Current {
  relay: RelayState | null = $state.raw(null);
  private key: string | null = null;
  private end: (() => void) | null = null;

  /** Shows this relay; the feed of the one before is closed. */
  use(session: Session | null): void {
    if (session?.origin === this.relay?.origin && (session?.key ?? null) === this.key) return;
    this.end?.();
    this.end = null;
    this.key = session?.key ?? null;
    const relay = session && open(session);
    this.relay = relay;
    if (!relay) return;
    const endClock = clock.run();
    const endFeed = followPage(relay.feed);
    this.end = () => {
      endClock();
      endFeed();
      void turnAway(relay);
    };
  }
}

function open({ origin, key, signedInAt }: Session): RelayState {
  return new RelayState(origin, key, undefined, {
    store: savedStore,
    // Tabs that were signed in anew read with the new key, and not with one that may be revoked.
    tabs: `${origin} ${signedInAt}`,
  });
}

/** What was waiting is still written, unless nothing of the relay may be kept any more. */
async function turnAway(relay: RelayState): Promise<void> {
  await relay.close();
  if (!sessions.at(relay.origin)) await savedStore.forget(relay.origin).catch(() => undefined);
}

export const current = new Current();
