// What a view of a project shows of its specs now: filtered and sorted as the address asks, with the
// edits under way on top, and held still while somebody is about to hit a row.

import { untrack } from 'svelte';

import { clock } from '../../state/clock.svelte';
import { isEverything } from '../../state/list-query';
import { hasStatus, type Item, passes, sorted } from '../../state/listing';
import type { RelayState } from '../../state/relay.svelte';
import { countStatuses } from '../../state/spec-facts';
import type { SpecBook, SpecEntry } from '../../state/specs.svelte';
import { hold } from '../hold.svelte';
import type { ProjectPage } from '../route';

export interface Shown extends Item {
  /** A change of it is under way. */
  pending: boolean;
  /** A change of it was not done. */
  troubled: boolean;
}

export class Listing {
  /** Every spec of the project. */
  readonly all: readonly Shown[] = $derived.by(() => {
    const { entries } = this.book();
    // Read here and not for each entry: two thousand dependencies would be looked at with each event.
    void this.relay.edits?.list;
    return untrack(() => entries.map((entry) => this.shown(entry)));
  });
  /** Those that pass every filter but that of the status, which the counts are of. */
  readonly found: readonly Shown[] = $derived.by(() => {
    const { list } = this.page();
    if (isEverything(list)) return this.all;
    const now = list.stale === null ? 0 : clock.now;
    return this.all.filter((item) => passes(item, list, now));
  });
  readonly counts = $derived.by(() => countStatuses(this.found));

  private readonly kept = new WeakMap<SpecEntry, Shown>();
  private last: { items: readonly Shown[]; asked: string } = { items: [], asked: '' };

  /** To be made while a component starts. */
  constructor(
    private readonly relay: RelayState,
    private readonly page: () => ProjectPage,
    private readonly book: () => SpecBook,
  ) {}

  /** What is shown, in order. While something is held, what was shown before. */
  readonly items: readonly Shown[] = $derived.by(() => {
    const { list } = this.page();
    const asked = JSON.stringify(list);
    if (hold.active && this.last.asked === asked) return this.last.items;
    const items = sorted(
      this.found.filter((item) => hasStatus(item, list)),
      list,
    );
    this.last = { items, asked };
    return items;
  });

  /** The same object as before unless something differs, so that only the rows that differ are redrawn. */
  private shown(entry: SpecEntry): Shown {
    const { spec, changedAt } = entry;
    const row = this.relay.edits?.row(spec);
    const { summary = spec.summary, pending = false, troubled = false } = row ?? {};
    const old = this.kept.get(entry);
    const same =
      old?.spec === spec &&
      old.changedAt === changedAt &&
      old.summary === summary &&
      old.pending === pending &&
      old.troubled === troubled;
    if (same) return old;
    const fresh = { spec, changedAt, summary, pending, troubled };
    this.kept.set(entry, fresh);
    return fresh;
  }
}
