// One stream for all tabs of a browser: without HTTP/2 a browser opens six connections to a host, and
// six tabs would leave none for anything else. The tab that holds a Web Lock leads: it reads the
// feed, and tells the others by BroadcastChannel. Each tab fetches its own state. When the leader
// closes, freezes or falls silent, the next one goes on from the last event that it was told of.

import type { RelayApi } from './api';
import { RelayFailure, unreachable } from './failure';
import { Feed, type FeedHandlers, type FeedSource, type Link } from './feed';
import { backoffMs } from './policy';
import { aged, isBehind, later, linkOf, plainLink, type Told } from './told';
import type { Cursor, Hello } from './types';
import { Watchdog } from './watchdog';

/** Tabs that speak another language than this one lead and follow among themselves. */
const LANGUAGE = 1;
/** After this much silence the leader is asked, and after the second without an answer replaced. */
export const SILENCE_MS = 10_000;
export const ANSWER_MS = 3000;

type Locks = Pick<LockManager, 'request'>;

/** Reads the feed together with all tabs that give the same name; alone where that cannot be. */
export function openFeed(name: string, api: RelayApi, handlers: FeedHandlers): FeedSource {
  // Web Locks are there on secure pages only: not on http://192.168.1.5.
  const locks = globalThis.navigator?.locks;
  if (!locks || !globalThis.BroadcastChannel) return new Feed(api, handlers);
  return new SharedFeed(name, api, handlers, locks);
}

export class SharedFeed implements FeedSource {
  private readonly name: string;
  private readonly feed: Feed;
  private running: AbortController | null = null;
  private channel: BroadcastChannel | null = null;
  /** Gives the lead back; null while another tab has it. */
  private resign: (() => void) | null = null;
  /** Leaves the queue for the lead. */
  private queue = new AbortController();
  private wantsSteal = false;
  private greeting: { hello: Hello; heardAt: number } | null = null;

  /** How things stand, as the leader says: this tab or another. */
  private link: Link = { phase: 'connecting' };
  /** Up to where this tab has all; null before its state was fetched. */
  private place: Cursor | null = null;
  /** Up to where the leader has told, and up to where this tab must know what was before. */
  private told: Cursor | null = null;
  private floor: Cursor | null = null;
  private isLoading = false;
  private failures = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private watchdog: Watchdog | null = null;
  private wasAsked = false;
  private isAnswered = false;

  constructor(
    name: string,
    private readonly api: RelayApi,
    private readonly handlers: FeedHandlers,
    private readonly locks: Locks,
    private readonly random: () => number = Math.random,
  ) {
    this.name = `leanspec feed ${LANGUAGE} ${name}`;
    const own: FeedHandlers = {
      load: () => this.handlers.load(),
      onHello: (hello) => {
        this.greeting = { hello, heardAt: Date.now() };
        this.handlers.onHello(hello);
      },
      onEvent: (event, at) => {
        this.handlers.onEvent(event, at);
        this.tell({ kind: 'event', event, at });
      },
      onMove: (at) => this.tell({ kind: 'event', event: null, at }),
      onLink: (link) => {
        this.link = link;
        this.handlers.onLink(link);
        // That this tab rests is nothing to the others: one of them leads next.
        if (link.phase !== 'paused') this.tellLink();
      },
    };
    this.feed = new Feed(api, own, random);
  }

  start(): void {
    if (this.running) return;
    const running = new AbortController();
    this.running = running;
    this.channel = new BroadcastChannel(this.name);
    this.channel.onmessage = ({ data }: MessageEvent<Told>) => this.hear(data);
    void this.campaign(running.signal);
  }

  stop(): void {
    this.running?.abort();
    this.running = null;
    this.follow(false);
    this.queue.abort();
    if (this.resign) this.stepDown();
    else this.handlers.onLink({ phase: 'paused' });
    this.channel?.close();
    this.channel = null;
  }

  nudge(): void {
    if (this.resign) return this.feed.nudge();
    this.tell({ kind: 'nudge' });
    // Somebody looks at this tab: a leader that was suspended behind it is not waited for.
    this.ask();
    this.watchdog?.allow(ANSWER_MS);
    if (this.retry !== undefined) void this.catchUp();
  }

  /** Leads as soon as nobody else does, again and again until stopped. */
  private async campaign(signal: AbortSignal): Promise<void> {
    let options: LockOptions = { ifAvailable: true };
    while (!signal.aborted) {
      try {
        await this.locks.request(this.name, options, (lock) =>
          lock ? this.lead(signal) : this.follow(true),
        );
      } catch (cause) {
        // Refused for another reason than that this tab left the queue, or was replaced.
        if ((cause as Error).name !== 'AbortError') return this.lead(signal);
      }
      if (signal.aborted) return;
      if (this.resign) {
        this.stepDown();
        this.follow(true);
      }
      this.queue = new AbortController();
      options = this.wantsSteal ? { steal: true } : { signal: this.queue.signal };
      this.wantsSteal = false;
    }
  }

  private lead(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.follow(false);
      this.resign = resolve;
      this.feed.place = this.place;
      this.feed.start();
    });
  }

  private stepDown(): void {
    if (!this.resign) return;
    const resign = this.resign;
    this.resign = null;
    this.feed.stop();
    this.place = this.feed.place;
    resign();
  }

  /** Listens to the tab that leads, or no more. */
  private follow(starts: boolean): void {
    this.watchdog?.stop();
    this.watchdog = null;
    clearTimeout(this.retry);
    this.retry = undefined;
    this.told = null;
    this.floor = null;
    this.isAnswered = false;
    if (!starts || !this.running) return;
    this.show({ phase: 'connecting' });
    this.ask();
    this.watchdog = new Watchdog(ANSWER_MS, () => this.onSilence());
    if (this.place === null) void this.catchUp();
  }

  private ask(): void {
    this.wasAsked = true;
    this.tell({ kind: 'ask' });
  }

  private onSilence(): void {
    if (this.wasAsked) {
      // It holds the lead and is not there: a phone may suspend a tab without telling it.
      this.wasAsked = false;
      this.wantsSteal = true;
      this.queue.abort();
      this.watchdog?.allow(SILENCE_MS);
    } else {
      this.ask();
      this.watchdog?.allow(ANSWER_MS);
    }
  }

  private hear(said: Told): void {
    if (this.resign) {
      if (said.kind === 'ask') this.tellLink();
      else if (said.kind === 'nudge') this.feed.nudge();
      return;
    }
    if (!this.watchdog || said.kind === 'ask' || said.kind === 'nudge') return;
    this.wasAsked = false;
    this.watchdog.allow(SILENCE_MS);
    if (said.kind === 'event') {
      // Where something is missing, the place stays before it: it may have to be read again.
      if (!this.misses) this.place = said.at;
      this.told = said.at;
      if (said.event) this.handlers.onEvent(said.event, said.at);
      return;
    }
    if (said.hello) this.handlers.onHello(said.hello);
    this.isAnswered = true;
    this.floor = said.at;
    this.told = said.at;
    this.show(linkOf(said.link));
    if (this.misses) void this.catchUp();
  }

  /** Whether there is or may be something that the leader told before this tab listened. */
  private get misses(): boolean {
    return !this.isAnswered || this.isLoading || isBehind(this.place, this.floor);
  }

  /** Nothing is called live before this tab has what was before. */
  private show(link: Link): void {
    this.link = link;
    this.handlers.onLink(link.phase === 'live' && this.misses ? { phase: 'connecting' } : link);
  }

  /** Fetches the state where this tab missed what the leader had told before. */
  private async catchUp(): Promise<void> {
    if (this.isLoading) return;
    clearTimeout(this.retry);
    this.retry = undefined;
    const { running } = this;
    this.isLoading = true;
    try {
      let loaded = await this.handlers.load();
      // The leader fetched its own state after that, and reads what comes after its own.
      if (isBehind(loaded, this.floor)) loaded = await this.handlers.load();
      this.isLoading = false;
      this.failures = 0;
      this.place = isBehind(loaded, this.floor) ? loaded : later(loaded, this.told);
    } catch (cause) {
      this.isLoading = false;
      if (this.watchdog && running === this.running) this.waitAfter(cause);
      return;
    }
    if (this.watchdog && running === this.running) this.show(this.link);
  }

  private waitAfter(cause: unknown): void {
    const failure = cause instanceof RelayFailure ? cause : unreachable(this.api.origin);
    const waitMs = backoffMs(this.failures, this.random);
    this.failures += 1;
    this.retry = setTimeout(() => void this.catchUp(), waitMs);
    // The leader's own trouble says more than this tab's.
    if (this.link.phase !== 'live') return;
    this.handlers.onLink({ phase: 'waiting', retryAt: Date.now() + waitMs, failure });
  }

  private tellLink(): void {
    const { greeting } = this;
    const hello = greeting && aged(greeting.hello, Date.now() - greeting.heardAt);
    this.tell({ kind: 'link', link: plainLink(this.link), at: this.feed.place, hello });
  }

  private tell(message: Told): void {
    this.channel?.postMessage(message);
  }
}
