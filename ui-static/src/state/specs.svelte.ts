// The specs of one project as the page holds them: one reactive entry per spec, so that a change
// writes the text of one row anew and leaves the others alone.

import { untrack } from 'svelte';

import type { Spec, SpecGone } from '../wire/types';
import { Joint } from './join';
import { byNumber } from './sorted';

export type SpecEvent = { kind: 'spec'; spec: Spec } | { kind: 'spec_gone'; gone: SpecGone };

export class SpecEntry {
  /** All the relay says of it. */
  spec: Spec = $state.raw(undefined as unknown as Spec);
  /** When its files were seen to change while this page was open, by the relay's clock. */
  changedAt: number | null = $state(null);

  constructor(spec: Spec) {
    this.spec = spec;
  }

  get path(): string {
    return this.spec.path;
  }

  get number(): number | null {
    return this.spec.summary.number ?? null;
  }
}

/** One text for a set of files: differs when any of their contents does. */
function contents(spec: Spec): string {
  return spec.files.map((file) => `${file.path}\n${file.hash}`).join('\n');
}

export class SpecBook {
  /** In the order of the list; another list after every change, also of a single entry. */
  entries: readonly SpecEntry[] = $state.raw([]);
  /** Whether there is something to show; false while neither relay nor this device gave any. */
  ready = $state(false);
  /** When the entries were last known to be so, while they are this device's copy; else null. */
  savedAt: number | null = $state(null);
  readonly joint = new Joint<SpecEvent>();
  private readonly byPath = new Map<string, SpecEntry>();
  private read: { entries: readonly SpecEntry[]; specs: readonly Spec[] } | null = null;

  /**
   * What the relay says of each. Who reads it depends on one list, and not on two thousand entries. No
   * `$derived`: that would belong to the component in which the book was opened, and stand still when
   * it is gone.
   */
  get specs(): readonly Spec[] {
    const { entries } = this;
    if (this.read?.entries !== entries) {
      this.read = { entries, specs: untrack(() => entries.map(({ spec }) => spec)) };
    }
    return this.read.specs;
  }

  /** Whether the entries are what the relay holds, and not a copy: what is not there is gone. */
  get isCurrent(): boolean {
    return this.ready && this.savedAt === null;
  }

  find(path: string): SpecEntry | null {
    void this.entries;
    return this.byPath.get(path) ?? null;
  }

  /** Shows what this device kept, until the relay's own are there. */
  restore(specs: readonly Spec[], at: number): void {
    if (this.joint.held) return;
    for (const spec of specs) this.put(spec, null);
    this.savedAt = at;
    this.ready = true;
    this.arrange();
  }

  /** Takes a snapshot over. Entries that stay are kept as objects: nothing on the page is rebuilt. */
  land(specs: readonly Spec[], seq: number, now: number): void {
    const paths = new Set(specs.map((spec) => spec.path));
    for (const path of [...this.byPath.keys()]) if (!paths.has(path)) this.byPath.delete(path);
    // What differs from a copy changed while nobody looked, and not just now.
    const changedNow = this.joint.held ? now : null;
    for (const spec of specs) this.put(spec, changedNow);
    for (const event of this.joint.landed(seq)) this.apply(event, now);
    this.savedAt = null;
    this.ready = true;
    this.arrange();
  }

  /** Applies events of the feed, all with the number of their place in history. */
  take(events: readonly { seq: number; event: SpecEvent }[], now: number): void {
    let moved = false;
    for (const { seq, event } of events) {
      if (this.joint.admit(seq, event)) moved = this.apply(event, now) || moved;
    }
    if (moved) this.arrange();
    else this.entries = [...this.entries];
  }

  /** Whether the order or the number of entries may have changed. */
  private apply(event: SpecEvent, now: number): boolean {
    return event.kind === 'spec' ? this.put(event.spec, now) : this.byPath.delete(event.gone.path);
  }

  private put(spec: Spec, now: number | null): boolean {
    const entry = this.byPath.get(spec.path);
    if (!entry) {
      const fresh = new SpecEntry(spec);
      fresh.changedAt = now;
      this.byPath.set(spec.path, fresh);
      return true;
    }
    const renumbered = entry.number !== (spec.summary.number ?? null);
    if (now !== null && contents(entry.spec) !== contents(spec)) entry.changedAt = now;
    entry.spec = spec;
    return renumbered;
  }

  private arrange(): void {
    this.entries = [...this.byPath.values()].sort(byNumber);
  }
}
