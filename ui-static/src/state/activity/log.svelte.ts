// What was done through a relay, of all machines or of one: fetched page by page, and kept up to date
// by the feed. Kept for as long as the page is open, so that going back shows it at once.

import { ActivityApi, type ActivityPage, type ActivityScope } from '../../wire/activity';
import type { RelayState } from '../relay.svelte';
import { type Ended, fromCommand, fromEntry } from './items';
import { wordsOf } from '../failure-words';

/** Entries that are asked for at a time. */
const PAGE = 50;

export class ActivityLog {
  /** Newest first. */
  list: readonly Ended[] = $state.raw([]);
  /** When the newest page was fetched, in milliseconds since 1970; null before the first. */
  fetchedAt: number | null = $state(null);
  /** Why the last page could not be fetched; empty when it could. */
  failure = $state('');
  busy = $state(false);
  /** Whether there are older ones. */
  more = $state(false);

  private readonly api: ActivityApi;
  private next: number | null = null;

  constructor(
    relay: RelayState,
    private readonly scope: ActivityScope,
  ) {
    this.api = new ActivityApi(relay.api);
    relay.watch((events) => {
      for (const event of events) {
        const ended = event.kind === 'command' ? fromCommand(event.command) : null;
        if (ended && this.isOurs(ended)) this.put([ended]);
      }
    });
  }

  /** Fetches the newest page. What was missed while away is among it, or older pages bring it. */
  async refresh(): Promise<void> {
    const page = await this.fetch(null);
    if (!page) return;
    const known = new Set(this.list.map(({ key }) => key));
    const meets = page.entries.some(({ command }) => known.has(command));
    // A gap between the newest page and what is held: what is held is of no use any more.
    if (!meets) this.list = [];
    if (!meets || this.fetchedAt === null) this.goesOnAt(page.next);
    this.fetchedAt = Date.now();
    this.put(page.entries.map(fromEntry));
  }

  async older(): Promise<void> {
    const page = this.next === null ? null : await this.fetch(this.next);
    if (!page) return;
    this.goesOnAt(page.next);
    this.put(page.entries.map(fromEntry));
  }

  private goesOnAt(next: number | null): void {
    this.next = next;
    this.more = next !== null;
  }

  private async fetch(before: number | null): Promise<ActivityPage | null> {
    if (this.busy) return null;
    this.busy = true;
    this.failure = '';
    try {
      return await this.api.page(this.scope, before, PAGE);
    } catch (cause) {
      this.failure = wordsOf(cause);
      return null;
    } finally {
      this.busy = false;
    }
  }

  private isOurs({ machine, project }: Ended): boolean {
    return (
      (this.scope.machine ?? machine) === machine && (this.scope.project ?? project) === project
    );
  }

  private put(items: readonly Ended[]): void {
    const byKey = new Map([...this.list, ...items].map((item) => [item.key, item]));
    this.list = [...byKey.values()].sort((left, right) => right.at - left.at);
  }
}

const ofRelay = new WeakMap<RelayState, Map<string, ActivityLog>>();

/** The log of this part of a relay. */
export function activityLog(relay: RelayState, scope: ActivityScope): ActivityLog {
  const logs = ofRelay.get(relay) ?? new Map<string, ActivityLog>();
  ofRelay.set(relay, logs);
  const key = `${scope.machine ?? ''}/${scope.project ?? ''}`;
  const log = logs.get(key) ?? new ActivityLog(relay, scope);
  logs.set(key, log);
  return log;
}
