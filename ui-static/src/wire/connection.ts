// One connection of the feed, from the request to its end. It never tries again: that is feed.ts.

import type { RelayApi } from './api';
import { decodeCursor, decodeEvent, decodeHello, parseJson } from './decode';
import { RelayFailure, unreachable } from './failure';
import { type Frame, FrameReader } from './frames';
import { Lumps } from './lumps';
import type { End, Mode } from './policy';
import type { Cursor, FeedEvent, Hello } from './types';
import { Watchdog } from './watchdog';

export interface ConnectionHandlers {
  onHello(hello: Hello): void;
  /** The event, null when this version does not know it, and the place it moves the cursor to. */
  onEvent(event: FeedEvent | null, cursor: Cursor): void;
}

/** How long the first event may take until something is holding the stream back. */
export const HELLO_DEADLINE_MS = 5000;
/** Silence that ends a stream, counted in heartbeats. */
const DEAD_AFTER_HEARTBEATS = 2.5;
/** How long the relay holds a long-poll, in seconds: some gateways cut at 30. */
const POLL_WAIT_S = 25;
const POLL_DEADLINE_MS = (POLL_WAIT_S + 15) * 1000;

/** Why we ended a connection ourselves. */
type Verdict = 'silent' | 'no_hello' | 'stopped';

export class Connection {
  private readonly abort = new AbortController();
  private readonly watchdog: Watchdog;
  private readonly lumps = new Lumps();
  private retryMs: number | null = null;
  private end: End | null = null;
  private verdict: Verdict | null = null;
  /** Whether `hello` came. */
  greeted = false;

  constructor(
    private readonly api: RelayApi,
    private readonly mode: Mode,
    private readonly after: Cursor,
    private readonly handlers: ConnectionHandlers,
  ) {
    const deadline = mode === 'stream' ? HELLO_DEADLINE_MS : POLL_DEADLINE_MS;
    this.watchdog = new Watchdog(deadline, () =>
      this.give(this.greeted || mode === 'poll' ? 'silent' : 'no_hello'),
    );
  }

  /** Reads until the end; null when it was stopped by `stop`. Never rejects. */
  async run(): Promise<End | null> {
    try {
      await this.read();
      return this.end ?? (this.mode === 'poll' ? { kind: 'polled' } : { kind: 'cut' });
    } catch (cause) {
      if (this.verdict === 'stopped') return null;
      if (this.verdict !== null) return { kind: this.verdict };
      if (this.end) return this.end;
      if (cause instanceof RelayFailure) return { kind: 'failed', failure: cause };
      return this.greeted
        ? { kind: 'cut' }
        : { kind: 'failed', failure: unreachable(this.api.origin) };
    } finally {
      this.watchdog.stop();
      this.abort.abort();
    }
  }

  stop(): void {
    this.give('stopped');
  }

  /** Ends the connection if it has been silent for too long, e.g. after the computer slept. */
  check(): void {
    this.watchdog.check();
  }

  private give(verdict: Verdict): void {
    this.verdict ??= verdict;
    this.abort.abort(new Error(verdict));
  }

  private async read(): Promise<void> {
    const query = new URLSearchParams({ after: this.after.text });
    if (this.mode === 'poll') {
      query.set('mode', 'poll');
      query.set('wait', String(POLL_WAIT_S));
    }
    const response = await this.api.request(`/v1/feed?${query}`, {
      headers: { accept: 'text/event-stream' },
      signal: this.abort.signal,
    });
    const frames = new FrameReader({
      onFrame: (frame) => this.take(frame),
      onRetry: (ms) => (this.retryMs = ms),
    });
    const reader = response.body?.getReader();
    while (reader && !this.end) {
      const { done, value } = await reader.read();
      if (done) break;
      // Bytes without a hello prove nothing: a page of a proxy has bytes too.
      if (this.greeted) this.watchdog.fed();
      frames.push(value);
    }
    // A poll may have passed events over that this feed is not told of.
    const reached = decodeCursor(response.headers.get('leanspec-cursor'));
    if (this.mode === 'poll' && reached && !this.end) this.handlers.onEvent(null, reached);
  }

  private take(frame: Frame): void {
    if (this.end) return;
    const data = parseJson(frame.data);
    switch (frame.name) {
      case 'hello': {
        const hello = decodeHello(data);
        if (hello) this.greet(hello);
        return;
      }
      case 'heartbeat': {
        const sent = Date.parse(String((data as { time?: unknown } | null)?.time));
        if (this.mode === 'stream' && this.lumps.heard(sent, performance.now())) {
          this.end = { kind: 'lumps' };
        }
        return;
      }
      case 'reset':
        this.end = { kind: 'reset' };
        return;
      case 'bye': {
        const reason = String((data as { reason?: unknown } | null)?.reason ?? '');
        this.end = { kind: 'bye', reason, retryMs: this.retryMs };
        return;
      }
      default: {
        const cursor = decodeCursor(frame.id);
        if (cursor) this.handlers.onEvent(decodeEvent(frame.name, data), cursor);
      }
    }
  }

  private greet(hello: Hello): void {
    this.greeted = true;
    if (this.mode === 'stream') {
      this.watchdog.allow(hello.heartbeat_s * 1000 * DEAD_AFTER_HEARTBEATS);
    }
    this.handlers.onHello(hello);
  }
}
