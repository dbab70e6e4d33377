import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { Feed, type Link } from '../../src/wire/feed';
import type { Cursor, FeedEvent } from '../../src/wire/types';
import { type Asked, fakeRelay, frameText, HELLO, machine } from './fake-relay';

const cursor = (text: string): Cursor => ({ seq: Number(text.split('.')[0]), text });

/** A feed over a fake relay, with all that it reports. */
function open({ random = 0.5 } = {}) {
  const { api, asked } = fakeRelay();
  const events: [FeedEvent, number][] = [];
  const links: Link[] = [];
  const loads: string[] = ['10.aa'];
  let loaded = 0;
  const feed = new Feed(
    api,
    {
      load: () => {
        loaded += 1;
        return Promise.resolve(cursor(loads.at(-1) ?? ''));
      },
      onHello: () => undefined,
      onEvent: (event, at) => events.push([event, at.seq]),
      onLink: (link) => links.push(link),
    },
    () => random,
  );
  feed.start();
  return {
    feed,
    asked,
    events,
    links,
    loads,
    loaded: () => loaded,
    /** The last request, once `count` were made. */
    async request(count: number): Promise<Asked> {
      await vi.waitFor(() => expect(asked).toHaveLength(count));
      return asked[count - 1] as Asked;
    },
    phase: () => links.at(-1)?.phase,
  };
}

const settle = () => vi.advanceTimersByTimeAsync(0);
const after = (request: Asked) => request.url.searchParams.get('after');

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('location', { origin: 'https://ui.example.org' });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the feed', () => {
  test('starts from the place of the state, with the key in its header and nowhere else', async () => {
    const { request } = open();
    const { url, init } = await request(1);
    expect(url.pathname + url.search).toBe('/v1/feed?after=10.aa');
    expect(new Headers(init.headers).get('authorization')).toBe('Bearer secret');
    expect(init).toMatchObject({
      credentials: 'omit',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      cache: 'no-store',
    });
  });

  test('is live with hello and hands events on with their numbers', async () => {
    const { request, events, phase } = open();
    const first = await request(1);
    first.send(HELLO + frameText('machine', machine('m1'), '11.aa'));
    await settle();
    expect(phase()).toBe('live');
    expect(events).toEqual([[{ kind: 'machine', machine: machine('m1') }, 11]]);
  });

  test('resumes after the last event when the connection is cut', async () => {
    const { request, events } = open();
    const first = await request(1);
    first.send(HELLO + frameText('machine', machine('m1'), '11.aa'));
    await settle();
    first.cut();
    await vi.advanceTimersByTimeAsync(500);
    const second = await request(2);
    expect(after(second)).toBe('11.aa');
    second.send(HELLO + frameText('machine', machine('m2'), '12.aa'));
    await settle();
    expect(events.map(([, seq]) => seq)).toEqual([11, 12]);
  });

  test('moves on past events of a newer version, but not with hello or heartbeat', async () => {
    const { request, events } = open();
    const first = await request(1);
    const hello = frameText('hello', { heartbeat_s: 15, time: 'x' }, '99.zz');
    first.send(hello + frameText('haunted', {}, '13.aa') + frameText('heartbeat', {}, '98.zz'));
    await settle();
    first.end();
    await vi.advanceTimersByTimeAsync(500);
    expect(after(await request(2))).toBe('13.aa');
    expect(events).toEqual([]);
  });

  test('goes on by long-poll where heartbeats come in lumps, from the place it had', async () => {
    const { request } = open();
    const first = await request(1);
    const heartbeat = (second: number) =>
      frameText('heartbeat', { time: new Date(second * 1000).toISOString() });
    first.send(HELLO + frameText('haunted', {}, '13.aa') + heartbeat(0) + heartbeat(30));
    await vi.advanceTimersByTimeAsync(30_000);
    first.send(heartbeat(60) + heartbeat(90));
    const second = await request(2);
    expect(second.url.searchParams.get('mode')).toBe('poll');
    expect(after(second)).toBe('13.aa');
  });

  test('fetches the state anew after reset', async () => {
    const { request, loads, loaded } = open();
    const first = await request(1);
    loads.push('40.bb');
    first.send(HELLO + frameText('reset', { reason: 'too_old' }));
    first.end();
    await settle();
    expect(after(await request(2))).toBe('40.bb');
    expect(loaded()).toBe(2);
  });

  test('comes back at the time that a bye names', async () => {
    const { request, asked } = open();
    const first = await request(1);
    first.send(`${HELLO}retry: 1200\n${frameText('bye', { reason: 'shutdown' })}`);
    first.end();
    await vi.advanceTimersByTimeAsync(1190);
    expect(asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(20);
    expect(after(await request(2))).toBe('10.aa');
  });

  test('says that the key was revoked and tries nothing until nudged', async () => {
    const { feed, request, asked, links } = open();
    const first = await request(1);
    first.send(HELLO + frameText('bye', { reason: 'revoked' }));
    first.end();
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(asked).toHaveLength(1);
    expect(links.at(-1)).toMatchObject({ phase: 'refused', failure: { code: 'key_revoked' } });
    feed.nudge();
    await request(2);
  });

  test('reports a refused key with what the relay said', async () => {
    const { request, links } = open();
    const first = await request(1);
    const problem = {
      code: 'key_unknown',
      title: 't',
      detail: 'The relay does not know this key.',
    };
    first.answer(401, JSON.stringify(problem));
    await settle();
    expect(links.at(-1)).toMatchObject({
      phase: 'refused',
      failure: { message: 'The relay does not know this key.' },
    });
  });

  test('takes a page that is no relay for a failure, and tries again', async () => {
    const { request, links } = open();
    const first = await request(1);
    first.page('<html>Please sign in to the hotel network</html>');
    await settle();
    expect(links.at(-1)).toMatchObject({ phase: 'waiting', failure: { kind: 'not_a_relay' } });
    await vi.advanceTimersByTimeAsync(500);
    await request(2);
  });

  test('ends a connection that is silent for two and a half heartbeats', async () => {
    const { request, asked } = open();
    const first = await request(1);
    first.send(HELLO);
    await vi.advanceTimersByTimeAsync(30_000);
    first.send(': beat\n\n');
    await vi.advanceTimersByTimeAsync(37_000);
    expect(asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1500);
    expect(asked).toHaveLength(2);
  });

  test('falls back to long-poll when no hello comes in five seconds', async () => {
    const { request, phase } = open();
    await request(1);
    await vi.advanceTimersByTimeAsync(5000);
    const second = await request(2);
    expect(second.url.search).toBe('?after=10.aa&mode=poll&wait=25');
    second.send(HELLO + frameText('machine', machine('m1'), '11.aa'));
    second.end();
    await settle();
    const third = await request(3);
    expect(after(third)).toBe('11.aa');
    expect(phase()).toBe('live');
  });

  test('stays live between two polls and takes their place from the header', async () => {
    const { request, links } = open();
    await request(1);
    await vi.advanceTimersByTimeAsync(5000);
    const second = await request(2);
    second.answer(200, HELLO, { 'leanspec-cursor': '17.aa' });
    await settle();
    const third = await request(3);
    expect(after(third)).toBe('17.aa');
    const firstLive = links.findIndex(({ phase }) => phase === 'live');
    expect(links.slice(firstLive).every(({ phase }) => phase === 'live')).toBe(true);
  });

  test('does not take the bytes of a proxy for a stream', async () => {
    const { request } = open();
    const first = await request(1);
    for (let second = 0; second < 5; second += 1) {
      first.send(': kept alive by something in between\n\n');
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect((await request(2)).url.searchParams.get('mode')).toBe('poll');
  });

  test('stops for good when stopped, and resumes from its place when started', async () => {
    const { feed, request, asked, phase } = open();
    const first = await request(1);
    first.send(HELLO + frameText('machine', machine('m1'), '11.aa'));
    await settle();
    feed.stop();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(asked).toHaveLength(1);
    expect(first.init.signal?.aborted).toBe(true);
    expect(phase()).toBe('paused');
    feed.start();
    expect(after(await request(2))).toBe('11.aa');
  });

  test('notices at once after sleep that its connection is dead', async () => {
    const { feed, request } = open();
    const first = await request(1);
    first.send(HELLO);
    await settle();
    // The computer slept: the clock went on, no timer fired.
    vi.setSystemTime(Date.now() + 3_600_000);
    feed.nudge();
    await vi.advanceTimersByTimeAsync(500);
    expect(after(await request(2))).toBe('10.aa');
  });

  test('tries at once when nudged during a wait', async () => {
    const { feed, request } = open({ random: 1 });
    (await request(1)).cut();
    await settle();
    (feed as Feed).nudge();
    await request(2);
  });

  test('keeps trying while the state cannot be fetched', async () => {
    const { api } = fakeRelay();
    let tries = 0;
    const feed = new Feed(
      api,
      {
        load: () => Promise.reject(new TypeError(`no network ${(tries += 1)}`)),
        onHello: () => undefined,
        onEvent: () => undefined,
        onLink: () => undefined,
      },
      () => 1,
    );
    feed.start();
    await vi.advanceTimersByTimeAsync(500 + 1000 + 2000 + 10);
    expect(tries).toBe(4);
    feed.stop();
  });
});
