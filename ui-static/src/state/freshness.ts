// How fresh something is, in words. Pure: the moment "now" is an argument.

import { linkWords } from '../words/link';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** After this long without a sign a machine counts as inactive. */
const INACTIVE_AFTER_MS = 7 * DAY;

const LOCALE = 'en-GB';
const dayThisYear = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short' });
const dayOtherYear = new Intl.DateTimeFormat(LOCALE, {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});
const exactly = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'full', timeStyle: 'medium' });

function day(moment: number, now: number): string {
  const sameYear = new Date(moment).getFullYear() === new Date(now).getFullYear();
  return (sameYear ? dayThisYear : dayOtherYear).format(moment);
}

/** "just now", "5 min ago", "3 h ago", "2 days ago", "12 Nov", "12 Nov 2025". */
export function ago(moment: number, now: number): string {
  const age = now - moment;
  if (age < MINUTE) return 'just now';
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min ago`;
  if (age < DAY) return `${Math.floor(age / HOUR)} h ago`;
  if (age < 2 * DAY) return 'yesterday';
  if (age < INACTIVE_AFTER_MS) return `${Math.floor(age / DAY)} days ago`;
  return day(moment, now);
}

/** The same for a narrow column: "now", "5m", "3h", "2d", "12 Nov". */
export function agoShort(moment: number, now: number): string {
  const age = now - moment;
  if (age < MINUTE) return 'now';
  if (age < HOUR) return `${Math.floor(age / MINUTE)}m`;
  if (age < DAY) return `${Math.floor(age / HOUR)}h`;
  if (age < INACTIVE_AFTER_MS) return `${Math.floor(age / DAY)}d`;
  return day(moment, now);
}

/** The exact moment, for a tooltip. */
export function exact(moment: number): string {
  return exactly.format(moment);
}

export type PresenceLevel = 'live' | 'recent' | 'stale' | 'inactive';

export interface Presence {
  level: PresenceLevel;
  words: string;
}

/**
 * Whether the relay hears a machine, and if not, since when. While the relay itself is `away`,
 * nobody knows, and nothing is called live; `savedAt` is when it was last known, where this device
 * shows its own copy.
 */
export function presence(
  machine: { online: boolean; last_seen: string },
  now: number,
  away = false,
  savedAt: number | null = null,
): Presence {
  if (savedAt !== null && machine.online) {
    return { level: 'stale', words: linkWords().saved(ago(savedAt, now)) };
  }
  if (away && machine.online) return { level: 'recent', words: 'not known now' };
  if (machine.online) return { level: 'live', words: 'live' };
  const seen = Date.parse(machine.last_seen);
  if (Number.isNaN(seen) || seen <= 0) return { level: 'inactive', words: 'never seen' };
  const age = now - seen;
  if (age >= INACTIVE_AFTER_MS) {
    return { level: 'inactive', words: `inactive since ${day(seen, now)}` };
  }
  return { level: age >= DAY ? 'stale' : 'recent', words: `offline, seen ${ago(seen, now)}` };
}

export type Notice = 'none' | 'soft' | 'strip';

/** A break shorter than the first is not worth a word, one longer than the second a strip. */
export const SOFT_AFTER_MS = 1000;
export const STRIP_AFTER_MS = 5000;

/** How loudly to say that the relay is not connected. */
export function linkNotice(downSince: number | null, now: number): Notice {
  if (downSince === null) return 'none';
  const downMs = now - downSince;
  if (downMs >= STRIP_AFTER_MS) return 'strip';
  return downMs >= SOFT_AFTER_MS ? 'soft' : 'none';
}
