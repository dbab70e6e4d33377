// Moments as frontmatter says them: with a time and a zone, or only a day, or nonsense. Pure.

import type { Summary } from '../../wire/types';

export interface Moment {
  /** In milliseconds since 1970; for a mere day its noon in UTC. */
  at: number;
  /** `2026-11-22` where only the day is said: it is that day for every reader. */
  day: string | null;
}

/** Nothing was specified before this: an older year is a slip of the pen. */
const EARLIEST = Date.UTC(2000, 0, 1);
const DAY_MS = 24 * 3600 * 1000;

/** Reads a moment; null for what is none, is no day of a calendar, or lies in the future. */
export function readMoment(text: string | null | undefined, now: number): Moment | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](.+))?$/.exec(text?.trim() ?? '');
  if (!match) return null;
  const [, year, month, day, time] = match;
  const noon = Date.UTC(Number(year), Number(month) - 1, Number(day), 12);
  const written = `${year}-${month}-${day}`;
  // The 30th of February would become the 2nd of March.
  if (new Date(noon).toISOString().slice(0, 10) !== written) return null;
  const at = time === undefined ? noon : Date.parse(`${written}T${time.replace(/ (?=[+-])/, '')}`);
  if (Number.isNaN(at) || at < EARLIEST || at > now + DAY_MS) return null;
  return { at, day: time === undefined ? written : null };
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** The day of a moment where the reader is. */
export function dayIn(moment: Moment, timeZone?: string): string {
  if (moment.day !== null) return moment.day;
  let format = formats.get(timeZone ?? '');
  if (!format) {
    // Swedish writes days as ISO 8601 does.
    format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
    formats.set(timeZone ?? '', format);
  }
  return format.format(moment.at);
}

/** What is known of a spec's way; each null where its file does not say. */
export interface Life {
  created: Moment | null;
  /** When work on it began first. */
  started: Moment | null;
  /** When it was completed; null while it is not, also when it was once. */
  completed: Moment | null;
  /** Whether it is complete, or archived. */
  over: boolean;
  /** When it came into the status it has. */
  since: Moment | null;
}

export function lifeOf(summary: Summary, now: number): Life {
  const moves = (summary.transitions ?? [])
    .map(({ status, at }) => ({ status, moment: readMoment(at, now) }))
    .filter((move): move is { status: string; moment: Moment } => move.moment !== null)
    .sort((left, right) => left.moment.at - right.moment.at);
  const first = (status: string) => moves.find((move) => move.status === status)?.moment ?? null;
  const last = (status: string) => moves.findLast((move) => move.status === status)?.moment ?? null;
  const isOver = summary.status === 'complete' || summary.status === 'archived';
  const completed = readMoment(summary.completed_at, now) ?? last('complete');
  return {
    created: readMoment(summary.created_at, now) ?? readMoment(summary.created, now),
    started: first('in-progress'),
    completed: isOver ? completed : null,
    over: isOver,
    since: last(summary.status ?? ''),
  };
}
