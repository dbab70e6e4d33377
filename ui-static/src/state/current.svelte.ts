// Which relay the page shows now: one at a time, with its feed open while the page is seen.

import { clock } from './clock.svelte';
import { savedStore } from './database';
import { followPage } from './lifecycle';
import { RelayState } from './relay.svelte';
import { type Session, sessions } from './sessions.svelte';

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
    const relay = session && new RelayState(session.origin, session.key, undefined, savedStore);
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

/** What was waiting is still written, unless nothing of the relay may be kept any more. */
async function turnAway(relay: RelayState): Promise<void> {
  await relay.close();
  if (!sessions.at(relay.origin)) await savedStore.forget(relay.origin).catch(() => undefined);
}

export const current = new Current();
