// Keeps a feed open: the loop around connections. What to do after an end is decided in policy.ts,
// what one connection does in connection.ts, what the events mean in state/.

import type { RelayApi } from './api';
import { Connection } from './connection';
import { RelayFailure, unreachable } from './failure';
import { type End, type Mode, planNext, UNTRIED } from './policy';
import type { Cursor, FeedEvent, Hello } from './types';

/** How things stand between this page and the relay. */
export type Link =
  | { phase: 'connecting' }
  | { phase: 'live'; mode: Mode }
  /** Not connected; the next attempt starts at `retryAt` (milliseconds since 1970). */
  | { phase: 'waiting'; retryAt: number; failure: RelayFailure | null }
  /** The relay does not take the key any more: nothing is tried until somebody asks. */
  | { phase: 'refused'; failure: RelayFailure }
  /** Stopped on purpose, for a page that nobody sees. */
  | { phase: 'paused' };

export interface FeedHandlers {
  /** Fetches the state anew and returns the place it belongs to: at the start and after `reset`. */
  load(): Promise<Cursor>;
  onHello(hello: Hello): void;
  onEvent(event: FeedEvent, cursor: Cursor): void;
  /** The place moved without an event that this version knows. */
  onMove?(cursor: Cursor): void;
  onLink(link: Link): void;
}

/** Where events come from: a stream of this tab's own, or one that all tabs share. */
export interface FeedSource {
  start(): void;
  /** Stops; the place is kept, so that `start` goes on from it. */
  stop(): void;
  /** Somebody looks: ends a wait now, and looks whether what seems open is still alive. */
  nudge(): void;
}

export class Feed implements FeedSource {
  /** Up to where all is known; null where the state must be fetched first. */
  place: Cursor | null = null;
  private past = UNTRIED;
  private connection: Connection | null = null;
  private wake: (() => void) | null = null;
  /** Told apart by number: a loop that was stopped never touches the next one's state. */
  private running = 0;

  constructor(
    private readonly api: RelayApi,
    private readonly handlers: FeedHandlers,
    private readonly random: () => number = Math.random,
  ) {}

  start(): void {
    this.running += 1;
    void this.loop(this.running);
  }

  stop(): void {
    this.running += 1;
    this.connection?.stop();
    this.wake?.();
    this.handlers.onLink({ phase: 'paused' });
  }

  nudge(): void {
    this.connection?.check();
    this.wake?.();
  }

  private async loop(id: number): Promise<void> {
    let polled = false;
    while (id === this.running) {
      const startedAt = Date.now();
      // Between two long-polls nothing is lost and nothing is new to say.
      if (!polled) this.handlers.onLink({ phase: 'connecting' });
      const { end, greeted } = await this.attempt(id);
      if (end === null || id !== this.running) return;
      polled = end.kind === 'polled';
      if (end.kind === 'reset') this.place = null;
      const now = Date.now();
      const life = { livedMs: now - startedAt, greeted, now };
      const plan = planNext(this.past, end, life, this.random);
      this.past = plan.past;
      if (plan.waitMs === null) {
        this.past = UNTRIED;
        this.handlers.onLink({ phase: 'refused', failure: refusal(end) });
        await this.pause(null);
      } else if (plan.waitMs > 0) {
        const failure = end.kind === 'failed' ? end.failure : null;
        this.handlers.onLink({ phase: 'waiting', retryAt: now + plan.waitMs, failure });
        await this.pause(plan.waitMs);
      }
    }
  }

  /** One connection, after the state where it is not known yet. */
  private async attempt(id: number): Promise<{ end: End | null; greeted: boolean }> {
    try {
      this.place ??= await this.handlers.load();
    } catch (cause) {
      const failure = cause instanceof RelayFailure ? cause : unreachable(this.api.origin);
      return { end: { kind: 'failed', failure }, greeted: false };
    }
    if (id !== this.running) return { end: null, greeted: false };
    const mode = this.past.mode;
    const connection = new Connection(this.api, mode, this.place, {
      onHello: (hello) => {
        this.handlers.onHello(hello);
        this.handlers.onLink({ phase: 'live', mode });
      },
      onEvent: (event, cursor) => {
        this.place = cursor;
        if (event) this.handlers.onEvent(event, cursor);
        else this.handlers.onMove?.(cursor);
      },
    });
    this.connection = connection;
    const end = await connection.run();
    if (this.connection === connection) this.connection = null;
    return { end, greeted: connection.greeted };
  }

  /** Waits this many milliseconds, or until nudged. */
  private pause(ms: number | null): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === null ? undefined : setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        this.wake = null;
        resolve();
      };
    });
  }
}

function refusal(end: End): RelayFailure {
  if (end.kind === 'failed') return end.failure;
  return new RelayFailure('key_refused', 'This key was revoked.', 'key_revoked');
}
