// The feed, with its code in a chunk of its own: what this device saved is on the screen without it.

import type { RelayApi } from './api';
import type { FeedHandlers, FeedSource } from './feed';

/** How long until its code is asked for again where the host of the page did not answer. */
const AGAIN_AFTER_MS = 5000;

const loadCode = () => import('./shared-feed');

/** Asks for the code early, while this browser still looks up where it is signed in. */
export function prefetchFeed(): void {
  loadCode().catch(() => undefined);
}

/** A feed that all tabs share which give the same name. */
export class LateFeed implements FeedSource {
  private source: FeedSource | null = null;
  private isWanted = false;
  private isLoading = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly name: string,
    private readonly api: RelayApi,
    private readonly handlers: FeedHandlers,
  ) {}

  start(): void {
    this.isWanted = true;
    if (this.source) this.source.start();
    else void this.load();
  }

  stop(): void {
    this.isWanted = false;
    clearTimeout(this.timer);
    if (this.source) this.source.stop();
    else this.handlers.onLink({ phase: 'paused' });
  }

  nudge(): void {
    if (this.source) this.source.nudge();
    else void this.load();
  }

  private async load(): Promise<void> {
    if (this.isLoading) return;
    this.isLoading = true;
    clearTimeout(this.timer);
    try {
      const { openFeed } = await loadCode();
      this.source = openFeed(this.name, this.api, this.handlers);
      if (this.isWanted) this.source.start();
    } catch {
      const retryAt = Date.now() + AGAIN_AFTER_MS;
      this.timer = setTimeout(() => void this.load(), AGAIN_AFTER_MS);
      this.handlers.onLink({ phase: 'waiting', retryAt, failure: null });
    } finally {
      this.isLoading = false;
    }
  }
}
