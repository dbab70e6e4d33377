// How work flows through a project: how much there was and was done on which day, and how long one
// spec takes. Pure; days are those of the reader.

import { type Life, dayIn, type Moment } from './moments';

export interface BurnPoint {
  day: string;
  /** Specs that existed on that day. */
  total: number;
  /** Those of them that were complete. */
  done: number;
}

export interface BurnUp {
  /** Oldest first; the last one is today. */
  points: BurnPoint[];
  /** Specs whose beginning is known, and all of them. */
  known: number;
  of: number;
  /** Complete and archived ones whose end is known, and all of them. */
  ended: number;
  over: number;
}

/** More points than this are no finer on any screen. */
const POINTS_MAX = 160;
const DAY_MS = 24 * 3600 * 1000;

const dayNumber = (day: string): number => Math.round(Date.parse(`${day}T00:00Z`) / DAY_MS);
const dayText = (number: number): string => new Date(number * DAY_MS).toISOString().slice(0, 10);

export function burnUp(lives: readonly Life[], now: number, timeZone?: string): BurnUp {
  const began: number[] = [];
  const ended: number[] = [];
  for (const { created, started, completed } of lives) {
    const days = [created, started, completed]
      .filter((moment): moment is Moment => moment !== null)
      .map((moment) => dayNumber(dayIn(moment, timeZone)));
    if (days.length === 0) continue;
    // What was completed existed by then, whatever its other dates say.
    began.push(Math.min(...days));
    if (completed) ended.push(dayNumber(dayIn(completed, timeZone)));
  }
  const over = lives.filter((life) => life.over).length;
  const said = { known: began.length, of: lives.length, ended: ended.length, over };
  if (began.length === 0) return { points: [], ...said };
  const today = dayNumber(dayIn({ at: now, day: null }, timeZone));
  const first = began.reduce((least, day) => Math.min(least, day), today);
  const step = Math.max(1, Math.ceil((today - first + 1) / POINTS_MAX));
  const points: BurnPoint[] = [];
  for (let day = today; day > first - step; day -= step) {
    points.push({ day: dayText(day), total: upTo(began, day), done: upTo(ended, day) });
  }
  return { points: points.reverse(), ...said };
}

const upTo = (days: readonly number[], day: number): number =>
  days.reduce((sum, other) => sum + (other <= day ? 1 : 0), 0);

export interface CycleTime {
  /** In days, the shortest first. */
  days: number[];
  median: number;
  /** What 85 of 100 stay below. */
  p85: number;
}

/** From one moment to another over all specs that say both; null where none does. */
export function cycleTime(
  lives: readonly Life[],
  from: (life: Life) => Moment | null,
): CycleTime | null {
  const days = lives
    .flatMap((life) => {
      const begin = from(life);
      if (!begin || !life.completed) return [];
      const ms = life.completed.at - begin.at;
      // A day alone has no time: what began and ended on it took less than a day, not less than none.
      const isVague = begin.day !== null || life.completed.day !== null;
      if (ms < 0 && !(isVague && -ms < DAY_MS)) return [];
      return [Math.max(0, ms) / DAY_MS];
    })
    .sort((left, right) => left - right);
  if (days.length === 0) return null;
  return { days, median: percentile(days, 0.5), p85: percentile(days, 0.85) };
}

/** By the nearest rank: a value that is there, not one between two. */
export function percentile(ascending: readonly number[], share: number): number {
  const rank = Math.ceil(share * ascending.length) - 1;
  return ascending[Math.min(ascending.length - 1, Math.max(0, rank))] ?? 0;
}
