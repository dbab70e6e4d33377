// What to do after a connection of the feed ended: wait how long, in which form to come back.
// Pure: time and chance are arguments.

import type { RelayFailure } from './failure';

export type Mode = 'stream' | 'poll';

/** How one connection ended. */
export type End =
  /** The other side, or something on the way, closed it. */
  | { kind: 'cut' }
  /** No byte for two and a half heartbeats. */
  | { kind: 'silent' }
  /** No `hello` in time: something holds the stream back. */
  | { kind: 'no_hello' }
  /** Heartbeats came together that were sent apart: something collects the stream's bytes. */
  | { kind: 'lumps' }
  /** A long-poll that was answered. */
  | { kind: 'polled' }
  | { kind: 'bye'; reason: string; retryMs: number | null }
  | { kind: 'reset' }
  | { kind: 'failed'; failure: RelayFailure };

/** What earlier connections taught. */
export interface Past {
  mode: Mode;
  /** Connections in a row that did not last. */
  failures: number;
  /** Streams in a row that died within a second of their `hello`. */
  earlyDeaths: number;
  /** When the form was changed to long-poll, in milliseconds since 1970. */
  pollSince: number;
}

export const UNTRIED: Past = { mode: 'stream', failures: 0, earlyDeaths: 0, pollSince: 0 };

export interface Plan {
  past: Past;
  /** Milliseconds until the next attempt; null = not before somebody asks for it. */
  waitMs: number | null;
}

/** First delay, doubled with every failure. */
const BACKOFF_BASE_MS = 500;
const BACKOFF_CAP_MS = 30_000;
/** A connection that lived this long had nothing wrong with it. */
const HEALTHY_AFTER_MS = 60_000;
/** A stream that ends this soon after its `hello`, and how many of them are one too many. */
const EARLY_DEATH_MS = 1000;
const EARLY_DEATHS_MAX = 3;
/** How long the long-poll form is kept until the stream gets another chance. */
const POLL_KEPT_MS = 30 * 60 * 1000;
/** Where the relay asks for patience without a number: spread over a second. */
const BYE_SPREAD_MS = 1000;
const BYE_WAIT_MAX_MS = 60_000;

/** A random delay up to the cap that the failures so far allow ("full jitter"). */
export function backoffMs(failures: number, random: () => number): number {
  return Math.round(random() * Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** failures));
}

export interface Life {
  /** From the request to the end. */
  livedMs: number;
  /** Whether `hello` came. */
  greeted: boolean;
  now: number;
}

export function planNext(past: Past, end: End, life: Life, random: () => number): Plan {
  switch (end.kind) {
    case 'bye':
      if (end.reason === 'revoked') return { past, waitMs: null };
      return {
        past: { ...past, failures: 0, earlyDeaths: 0 },
        waitMs: Math.min(end.retryMs ?? random() * BYE_SPREAD_MS, BYE_WAIT_MAX_MS),
      };
    case 'reset':
      return {
        past: failed(past),
        waitMs: past.failures === 0 ? 0 : backoffMs(past.failures, random),
      };
    case 'polled':
      return { past: afterPoll(past, life.now), waitMs: 0 };
    case 'no_hello':
    case 'lumps':
      return { past: { ...past, mode: 'poll', pollSince: life.now }, waitMs: 0 };
    case 'failed':
      if (end.failure.kind === 'key_refused') return { past, waitMs: null };
      // A poll that fails too says that the way was closed, not that streams are held back.
      return later({ ...past, mode: 'stream' }, end.failure.retryAfterMs ?? 0, random);
    case 'cut':
    case 'silent':
      return afterCut(past, life, random);
  }
}

function failed(past: Past): Past {
  return { ...past, failures: past.failures + 1 };
}

function later(past: Past, atLeastMs: number, random: () => number): Plan {
  return { past: failed(past), waitMs: Math.max(atLeastMs, backoffMs(past.failures, random)) };
}

function afterPoll(past: Past, now: number): Past {
  const mode = now - past.pollSince > POLL_KEPT_MS ? 'stream' : 'poll';
  return { ...past, mode, failures: 0, earlyDeaths: 0 };
}

function afterCut(past: Past, life: Life, random: () => number): Plan {
  if (life.livedMs >= HEALTHY_AFTER_MS) {
    return later({ ...past, failures: 0, earlyDeaths: 0 }, 0, random);
  }
  const early = life.greeted && life.livedMs < EARLY_DEATH_MS;
  const earlyDeaths = early ? past.earlyDeaths + 1 : 0;
  if (past.mode === 'stream' && earlyDeaths >= EARLY_DEATHS_MAX) {
    return { past: { ...past, mode: 'poll', pollSince: life.now, earlyDeaths: 0 }, waitMs: 0 };
  }
  return later({ ...past, earlyDeaths }, 0, random);
}
