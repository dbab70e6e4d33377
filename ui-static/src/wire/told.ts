// What the tabs of one browser tell each other about the feed that one of them reads. Pure.

import { RelayFailure } from './failure';
import type { Link } from './feed';
import type { Cursor, FeedEvent, Hello } from './types';

/** A failure as it passes between tabs: of an error only the message would arrive. */
type PlainFailure = Pick<RelayFailure, 'kind' | 'message' | 'code' | 'retryAfterMs' | 'mayPass'>;
type Plain<L> = L extends { failure: RelayFailure | null }
  ? Omit<L, 'failure'> & { failure: PlainFailure | null }
  : L;

export type Told =
  /** To the tab that leads: how do things stand? */
  | { kind: 'ask' }
  /** To the tab that leads: somebody looks, or wants it tried again. */
  | { kind: 'nudge' }
  /** From the tab that leads: how things stand, after it told all events up to `at`. */
  | { kind: 'link'; link: Plain<Link>; at: Cursor | null; hello: Hello | null }
  /** From the tab that leads: an event, or null where only the place moved. */
  | { kind: 'event'; event: FeedEvent | null; at: Cursor };

export function plainLink(link: Link): Plain<Link> {
  if (!('failure' in link) || link.failure === null) return link as Plain<Link>;
  const { kind, message, code, retryAfterMs, mayPass } = link.failure;
  return { ...link, failure: { kind, message, code, retryAfterMs, mayPass } };
}

export function linkOf(plain: Plain<Link>): Link {
  if (!('failure' in plain) || plain.failure === null) return plain as Link;
  const { kind, message, code, retryAfterMs, mayPass } = plain.failure;
  return { ...plain, failure: new RelayFailure(kind, message, code, retryAfterMs, mayPass) };
}

/** The part of a cursor that changes when the relay cannot continue from the old one. */
export function tagOf({ text }: Cursor): string {
  return text.slice(text.indexOf('.') + 1);
}

/** Whether something was missed by who stands at `mine` and hears only what comes after `at`. */
export function isBehind(mine: Cursor | null, at: Cursor | null): boolean {
  if (mine === null) return true;
  return at !== null && (tagOf(mine) !== tagOf(at) || mine.seq < at.seq);
}

/** The later of two places; of another history than the first, the first. */
export function later(first: Cursor, second: Cursor | null): Cursor {
  return second && tagOf(second) === tagOf(first) && second.seq > first.seq ? second : first;
}

/** A greeting as it would read now, so that a clock can still be set by it. */
export function aged(hello: Hello, elapsedMs: number): Hello {
  return { ...hello, time: new Date(Date.parse(hello.time) + elapsedMs).toISOString() };
}
