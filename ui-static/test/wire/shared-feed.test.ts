import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { RelayFailure } from '../../src/wire/failure';
import { Feed, type Link } from '../../src/wire/feed';
import { ANSWER_MS, openFeed, SharedFeed, SILENCE_MS } from '../../src/wire/shared-feed';
import type { Cursor } from '../../src/wire/types';
import { fakeRelay, frameText, HELLO, machine } from './fake-relay';
import { channels, FakeChannel, FakeLocks } from './fake-tabs';

const cursor = (text: string): Cursor => ({ seq: Number(text.split('.')[0]), text });
const settle = () => vi.advanceTimersByTimeAsync(10);
const event = (seq: number) => frameText('machine', machine(`m${seq}`), `${seq}.aa`);

/** Tabs of one browser at one relay. */
function browser() {
  const { api, asked } = fakeRelay();
  const locks = new FakeLocks();
  /** The place of the state that the relay would give now. */
  const relay = { at: '10.aa', fails: null as RelayFailure | null };
  const tabs: SharedFeed[] = [];
  async function tab() {
    const seen = { events: [] as number[], links: [] as Link[], hellos: [] as string[], loads: 0 };
    const feed = new SharedFeed(
      'relay',
      api,
      {
        load: async () => {
          seen.loads += 1;
          if (relay.fails) throw relay.fails;
          return cursor(relay.at);
        },
        onHello: ({ time }) => seen.hellos.push(time),
        onEvent: (_, { seq }) => seen.events.push(seq),
        onLink: (link) => seen.links.push(link),
      },
      locks,
      () => 0.5,
    );
    tabs.push(feed);
    feed.start();
    await settle();
    return { feed, seen, phase: () => seen.links.at(-1)?.phase };
  }
  /** The stream that is open, after hello. */
  async function greet() {
    await settle();
    asked.at(-1)?.send(HELLO);
    await settle();
  }
  async function say(seq: number) {
    relay.at = `${seq}.aa`;
    asked.at(-1)?.send(event(seq));
    await settle();
  }
  const after = () => asked.map(({ url }) => url.searchParams.get('after'));
  return { asked, after, relay, tab, greet, say, end: () => tabs.forEach((feed) => feed.stop()) };
}

let here: ReturnType<typeof browser>;
beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('location', { origin: 'https://ui.example.org' });
  vi.stubGlobal('BroadcastChannel', FakeChannel);
  here = browser();
});
afterEach(() => {
  here.end();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('tabs of one browser', () => {
  test('read one stream, and each gets every event once', async () => {
    const first = await here.tab();
    await here.greet();
    await here.say(11);
    const second = await here.tab();
    await here.say(12);
    expect(here.asked).toHaveLength(1);
    expect(first.seen.events).toEqual([11, 12]);
    expect(second.seen).toMatchObject({ events: [12], loads: 1 });
    expect([first.phase(), second.phase()]).toEqual(['live', 'live']);
    // A clock can be set by the greeting also later.
    expect(Date.parse(second.seen.hellos[0] ?? '')).toBeGreaterThan(
      Date.parse('2026-11-22T16:00:00.000Z'),
    );
  });

  test('go on from the last event when the one that reads is closed', async () => {
    const first = await here.tab();
    await here.greet();
    const second = await here.tab();
    const third = await here.tab();
    await here.say(11);
    first.feed.stop();
    await here.greet();
    expect(here.after()).toEqual(['10.aa', '11.aa']);
    await here.say(12);
    for (const { seen, phase } of [second, third]) {
      expect(seen).toMatchObject({ events: [11, 12], loads: 1 });
      expect(phase()).toBe('live');
    }
    expect(first.phase()).toBe('paused');
  });

  test('replace one that holds the lead and answers no more, and it follows when it wakes', async () => {
    const first = await here.tab();
    await here.greet();
    const [suspended] = channels;
    const second = await here.tab();
    await here.say(11);
    if (suspended) suspended.isDeaf = true;
    await vi.advanceTimersByTimeAsync(SILENCE_MS);
    expect(here.asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(ANSWER_MS);
    await here.greet();
    expect(here.after()).toEqual(['10.aa', '11.aa']);
    if (suspended) suspended.isDeaf = false;
    await here.say(12);
    expect(second.seen.events).toEqual([11, 12]);
    first.feed.nudge();
    await here.say(13);
    expect(here.asked).toHaveLength(2);
    expect(first.seen.events.at(-1)).toBe(13);
  });

  test('replace it at once when somebody looks', async () => {
    await here.tab();
    await here.greet();
    const [suspended] = channels;
    const second = await here.tab();
    if (suspended) suspended.isDeaf = true;
    second.feed.nudge();
    await vi.advanceTimersByTimeAsync(ANSWER_MS);
    await here.greet();
    expect(here.after()).toEqual(['10.aa', '10.aa']);
    expect(second.phase()).toBe('live');
  });

  test('ask a quiet one every now and then, and leave it its lead', async () => {
    await here.tab();
    await here.greet();
    const second = await here.tab();
    here.asked.at(-1)?.send(frameText('heartbeat', {}));
    await vi.advanceTimersByTimeAsync(SILENCE_MS + ANSWER_MS + 1000);
    here.asked.at(-1)?.send(frameText('heartbeat', {}));
    await vi.advanceTimersByTimeAsync(ANSWER_MS);
    expect(here.asked).toHaveLength(1);
    expect(second.phase()).toBe('live');
  });

  test('fetch their state anew when they rested and something was told meanwhile', async () => {
    await here.tab();
    await here.greet();
    const second = await here.tab();
    second.feed.stop();
    await here.say(11);
    second.feed.start();
    await settle();
    expect(second.seen).toMatchObject({ loads: 2, events: [] });
    second.feed.stop();
    second.feed.start();
    await settle();
    expect(second.seen.loads).toBe(2);
    expect(second.phase()).toBe('live');
  });

  test('all fetch their state anew when the relay cannot go on from the place', async () => {
    await here.tab();
    await here.greet();
    const second = await here.tab();
    here.relay.at = '3.bb';
    here.asked.at(-1)?.send(frameText('reset', { reason: 'unknown_cursor' }));
    await here.greet();
    expect(here.after()).toEqual(['10.aa', '3.bb']);
    expect(second.seen.loads).toBe(2);
    expect(second.phase()).toBe('live');
  });

  test('fetch once more when the one that reads began after their state', async () => {
    await here.tab();
    const second = await here.tab();
    expect(second.phase()).toBe('connecting');
    // The first had to start again, from a later place than the second knows.
    here.relay.at = '12.aa';
    here.asked.at(-1)?.send(HELLO + frameText('reset', { reason: 'too_old' }));
    await here.greet();
    expect(second.seen.loads).toBe(2);
    expect(second.phase()).toBe('live');
  });

  test('know why nothing is live: the words of the one that reads, with its failure', async () => {
    await here.tab();
    const second = await here.tab();
    here.asked
      .at(-1)
      ?.answer(401, '{"code":"key_revoked","title":"Revoked","detail":"This key was revoked."}');
    await settle();
    const link = second.seen.links.at(-1);
    expect(link).toMatchObject({ phase: 'refused' });
    expect(link?.phase === 'refused' && link.failure).toBeInstanceOf(RelayFailure);
    // Any of them can ask for another attempt.
    second.feed.nudge();
    await settle();
    expect(here.asked).toHaveLength(2);
  });

  test('are not called live without their own state, and try for it again', async () => {
    await here.tab();
    await here.greet();
    here.relay.fails = new RelayFailure('unreachable', 'No answer.');
    const second = await here.tab();
    expect(second.phase()).toBe('waiting');
    here.relay.fails = null;
    second.feed.nudge();
    await settle();
    expect(second.phase()).toBe('live');
    await here.say(11);
    expect(second.seen.events).toEqual([11]);
  });
});

test('a browser without locks reads a stream in every tab', () => {
  vi.stubGlobal('navigator', {});
  const { api } = fakeRelay();
  const load = () => Promise.resolve(cursor('1.a'));
  const none = () => undefined;
  const handlers = { load, onHello: none, onEvent: none, onLink: none };
  expect(openFeed('relay', api, handlers)).toBeInstanceOf(Feed);
  vi.stubGlobal('navigator', { locks: new FakeLocks() });
  expect(openFeed('relay', api, handlers)).toBeInstanceOf(SharedFeed);
});
