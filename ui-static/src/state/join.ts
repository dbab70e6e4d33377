// Joins snapshots with the feed, for one resource: every event once, none twice, none lost between
// the request of a snapshot and its arrival. The rule stands in docs/PROTOCOL.md, "Snapshot, then
// feed".

export class Joint<E> {
  /** Number of the last event that the snapshot contains; null before the first snapshot. */
  private at: number | null = null;
  /** Snapshots on their way. */
  private pending = 0;
  /** What came since the first of them was asked for: it may or may not be in them. */
  private kept: { seq: number; event: E }[] = [];

  /** Whether there is a snapshot to which events can be applied. */
  get held(): boolean {
    return this.at !== null;
  }

  /** Whether a snapshot is on its way. */
  get awaited(): boolean {
    return this.pending > 0;
  }

  /** A snapshot was asked for. */
  fetching(): void {
    this.pending += 1;
  }

  /** A snapshot did not come. What was held stays valid: its events were applied all along. */
  failed(): void {
    this.settle();
  }

  /** A snapshot is there. Returns the kept events that it does not contain, in order. */
  landed(seq: number): E[] {
    this.at = seq;
    const after = this.kept.filter((entry) => entry.seq > seq).map((entry) => entry.event);
    this.settle();
    return after;
  }

  /** Whether this event is to be applied to what is held now. */
  admit(seq: number, event: E): boolean {
    if (this.pending > 0) this.kept.push({ seq, event });
    return this.at !== null && seq > this.at;
  }

  private settle(): void {
    this.pending = Math.max(0, this.pending - 1);
    if (this.pending === 0) this.kept = [];
  }
}
