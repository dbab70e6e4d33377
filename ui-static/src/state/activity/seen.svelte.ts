// Saves that this page saw since it was opened. The relay keeps no history of them: whoever works on
// the machine itself leaves a trace in git, and here for as long as the page is open.

import type { FeedEvent, Spec } from '../../wire/types';
import { clock } from '../clock.svelte';
import type { RelayState } from '../relay.svelte';
import { type Saved, withSave } from './items';

/** How many entries are kept. */
const SEEN_MAX = 200;

export class SeenSaves {
  /** Newest first. */
  list: readonly Saved[] = $state.raw([]);
  /** Since when it is watched, in milliseconds since 1970. */
  readonly since = clock.exact();
  private count = 0;
  /** Hashes that edits left: what they saved is told by them. */
  private readonly byEdits = new Set<string>();

  constructor(private readonly relay: RelayState) {
    relay.watch((events) => this.hear(events));
  }

  private hear(events: readonly FeedEvent[]): void {
    let list = this.list;
    for (const event of events) {
      const hash = event.kind === 'command' ? event.command.outcome?.hash : null;
      if (hash) this.byEdits.add(hash);
    }
    for (const event of events) {
      const save = this.saveOf(event);
      if (save) list = withSave(list, save, SEEN_MAX);
    }
    this.list = list;
  }

  private saveOf(event: FeedEvent): Saved | null {
    if (event.kind !== 'spec' && event.kind !== 'spec_gone') return null;
    const { machine, project, path } = event.kind === 'spec' ? event.spec : event.gone;
    const before = this.relay.held(machine, project)?.find(path)?.spec ?? null;
    if (event.kind === 'spec') {
      if (event.spec.files.some(({ hash }) => this.byEdits.has(hash) && !holds(before, hash))) {
        return null;
      }
      // Bytes that are still on their way come with another event.
      if (before !== null && event.spec.files.every(({ hash }) => holds(before, hash))) return null;
    }
    this.count += 1;
    return {
      kind: 'saved',
      key: `seen ${this.count}`,
      at: clock.exact(),
      machine,
      project,
      specs: [path],
      status: event.kind === 'spec' ? statusChange(before, event.spec) : null,
      gone: event.kind === 'spec_gone',
    };
  }
}

const holds = (spec: Spec | null, hash: string) =>
  spec?.files.some((file) => file.hash === hash) ?? false;

function statusChange(before: Spec | null, now: Spec): Saved['status'] {
  const from = before?.summary.status ?? null;
  const to = now.summary.status ?? null;
  return before === null || from === to ? null : { from, to };
}

const ofRelay = new WeakMap<RelayState, SeenSaves>();

/** What was seen of this relay; watching begins with the first call. */
export function seenSaves(relay: RelayState): SeenSaves {
  let seen = ofRelay.get(relay);
  if (!seen) {
    seen = new SeenSaves(relay);
    ofRelay.set(relay, seen);
  }
  return seen;
}
