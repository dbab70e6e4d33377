// The life of a spec as its frontmatter tells it, oldest first. Pure.

import type { Summary } from '../wire/types';

export interface Moment {
  kind: 'created' | 'status' | 'completed';
  /** The status it took, as written; null for another kind. */
  status: string | null;
  /** As written. */
  at: string;
  /** Milliseconds since 1970; null where what is written is no moment. */
  ms: number | null;
  /** Only a day is known, no time of day. */
  dayOnly: boolean;
}

export function timelineOf(summary: Summary): Moment[] {
  const { created_at, created, transitions = [], completed_at } = summary;
  const moments: Moment[] = [];
  const born = created_at ?? created;
  if (born) moments.push(moment('created', born, null));
  for (const { at, status } of transitions) moments.push(moment('status', at, status));
  const ended = transitions.some(({ status }) => status === 'complete');
  if (completed_at && !ended) moments.push(moment('completed', completed_at, 'complete'));
  // Files are edited by hand, and a merge may put transitions in any order. What has no moment stays
  // behind what it was written behind.
  return moments
    .map((one, index) => ({ one, index, ms: one.ms ?? before(moments, index) }))
    .sort((left, right) => left.ms - right.ms || left.index - right.index)
    .map(({ one }) => one);
}

function before(moments: readonly Moment[], index: number): number {
  return moments.slice(0, index).findLast(({ ms }) => ms !== null)?.ms ?? Number.NEGATIVE_INFINITY;
}

function moment(kind: Moment['kind'], at: string, status: string | null): Moment {
  const dayOnly = /^\d{4}-\d{2}-\d{2}$/.test(at.trim());
  // A day is meant where the reader is: midnight of Greenwich may be the day before.
  const ms = Date.parse(dayOnly ? `${at.trim()}T00:00:00` : at);
  return { kind, status, at, ms: Number.isNaN(ms) ? null : ms, dayOnly };
}

/** Whole days between two moments of a life; null when less than one, or unknown. */
export function daysBetween(earlier: Moment | undefined, later: Moment): number | null {
  if (!earlier || earlier.ms === null || later.ms === null) return null;
  const days = Math.floor((later.ms - earlier.ms) / 86_400_000);
  return days >= 1 ? days : null;
}
