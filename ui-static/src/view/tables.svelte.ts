// What the screens and parts that are there now have to offer: each brings a table while it lives.

import { untrack } from 'svelte';

export class Tables<Row> {
  private readonly tables = new Set<() => readonly Row[]>();
  /** Counts the tables that came and went, for who shows them. */
  private changes = $state(0);

  /** To be called while a component starts: its rows count while it is there. */
  use(table: () => readonly Row[]): void {
    $effect(() => {
      this.tables.add(table);
      this.changed();
      return () => {
        this.tables.delete(table);
        this.changed();
      };
    });
  }

  /** The rows of all tables; the newest table first. */
  get all(): Row[] {
    void this.changes;
    return [...this.tables].reverse().flatMap((table) => table());
  }

  /** Counting reads the count, which must not make the effect that does it run again. */
  private changed(): void {
    untrack(() => (this.changes += 1));
  }
}
