// Which relay the page shows now: one at a time, with its feed open while the page is seen.

import { clock } from './clock.svelte';
import { followPage } from './lifecycle';
import { RelayState } from './relay.svelte';
import type { Session } from './sessions.svelte';

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
    this.relay = session ? new RelayState(session.origin, session.key) : null;
    if (!this.relay) return;
    const endClock = clock.run();
    const endFeed = followPage(this.relay.feed);
    this.end = () => {
      endClock();
      endFeed();
    };
  }
}

export const current = new Current();
