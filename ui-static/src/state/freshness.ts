// How fresh something is, in words. Pure: the moment "now" is an argument.

import { linkWords } from '../words/link';
import { dayWords, exactWords, timeWords } from '../words/time';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** After this long without a sign a machine counts as inactive. */
const INACTIVE_AFTER_MS = 7 * DAY;

/** "just now", "5 min ago", "3 h ago", "2 days ago", "12 Nov", "12 Nov 2025". */
export function ago(moment: number, now: number): string {
  const age = now - moment;
  if (age < MINUTE) return timeWords().justNow;
  if (age < HOUR) return timeWords().minutes(Math.floor(age / MINUTE));
  if (age < DAY) return timeWords().hours(Math.floor(age / HOUR));
  if (age < 2 * DAY) return timeWords().yesterday;
  if (age < INACTIVE_AFTER_MS) return timeWords().days(Math.floor(age / DAY));
  return dayWords(moment, now);
}

/** The same for a narrow column: "now", "5m", "3h", "2d", "12 Nov". */
export function agoShort(moment: number, now: number): string {
  const age = now - moment;
  if (age < MINUTE) return timeWords().now;
  if (age < HOUR) return `${Math.floor(age / MINUTE)}m`;
  if (age < DAY) return `${Math.floor(age / HOUR)}h`;
  if (age < INACTIVE_AFTER_MS) return `${Math.floor(age / DAY)}d`;
  return dayWords(moment, now);
}

/** The exact moment, for a tooltip. */
export function exact(moment: number): string {
  return exactWords(moment);
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
  if (away && machine.online) return { level: 'recent', words: timeWords().notKnown };
  if (machine.online) return { level: 'live', words: timeWords().live };
  const seen = Date.parse(machine.last_seen);
  if (Number.isNaN(seen) || seen <= 0) return { level: 'inactive', words: timeWords().neverSeen };
  const age = now - seen;
  if (age >= INACTIVE_AFTER_MS) {
    return { level: 'inactive', words: timeWords().inactiveSince(dayWords(seen, now)) };
  }
  return { level: age >= DAY ? 'stale' : 'recent', words: timeWords().offlineSeen(ago(seen, now)) };
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
