// What can be done now and has no key of its own: each screen and part names its own while it is
// there, as with keys; the command palette offers them.

import { untrack } from 'svelte';

import type { Status } from '../../state/spec-facts';

export type Kind = 'open' | 'spec' | 'do' | 'go' | 'set';

export interface Action {
  /** Its own among all, and the same tomorrow. */
  id: string;
  kind: Kind;
  /** What it does or where it leads, in the language of the page. */
  label: string;
  /** More to tell it by, e.g. the machine; searched too. */
  detail?: string;
  /** Searched and not shown. */
  more?: string;
  /** Shown before it. */
  status?: Status;
  /** The machine whose colour it has. */
  hue?: number;
  /** Keys that do the same. */
  keys?: string;
  /** Why it cannot be done now; null or absent when it can. */
  why?: string | null;
  run: () => void;
}

class Actions {
  private readonly tables = new Set<() => readonly Action[]>();
  private changes = $state(0);

  /** To be called while a component starts: its actions are offered while it is there. */
  use(table: () => readonly Action[]): void {
    $effect(() => {
      this.tables.add(table);
      this.changed();
      return () => {
        this.tables.delete(table);
        this.changed();
      };
    });
  }

  /** All that can be done now; the newest table first. */
  get all(): Action[] {
    void this.changes;
    return [...this.tables].reverse().flatMap((table) => table());
  }

  private changed(): void {
    untrack(() => (this.changes += 1));
  }
}

export const actions = new Actions();
