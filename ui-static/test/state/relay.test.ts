// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { RelayState } from '../../src/state/relay.svelte';
import { frameText, HELLO, machine, ORIGIN } from '../wire/fake-relay';
import { project, spec } from './samples';
import { MemoryStore } from './saved/memory-store';

/** A relay with state and a feed that the test writes into. */
function serve() {
  let seq = 10;
  const state = {
    machines: [machine('m1', { name: 'MacBook' })],
    projects: [project('p1')],
    specs: [spec('001-a', { number: 1 }), spec('002-b', { number: 2 })],
  };
  let stream: ReadableStreamDefaultController<Uint8Array> | null = null;
  /** Answers wait here while the test holds them back. */
  let gate: Promise<void> = Promise.resolve();
  const requests: string[] = [];
  const fetcher = (async (input: string, init: RequestInit = {}) => {
    const { pathname, search } = new URL(input);
    requests.push(pathname + search);
    const headers = { 'leanspec-relay': '0.1.0', 'leanspec-cursor': `${seq}.aa` };
    if (pathname === '/v1/feed') {
      const body = new ReadableStream<Uint8Array>({ start: (made) => void (stream = made) });
      init.signal?.addEventListener('abort', () => stream?.error(init.signal?.reason));
      stream?.enqueue(new TextEncoder().encode(HELLO));
      return new Response(body, { headers });
    }
    const body = pathname.endsWith('/specs')
      ? { specs: state.specs }
      : pathname.endsWith('/projects')
        ? { projects: state.projects }
        : { machines: state.machines };
    const text = JSON.stringify(body);
    await gate;
    return new Response(text, { headers });
  }) as typeof fetch;
  return {
    state,
    fetcher,
    requests,
    write: (text: string) => stream?.enqueue(new TextEncoder().encode(text)),
    tell(name: string, data: unknown) {
      seq += 1;
      stream?.enqueue(new TextEncoder().encode(frameText(name, data, `${seq}.aa`)));
    },
    hold(): () => void {
      let open = () => {};
      gate = new Promise((resolve) => (open = resolve));
      return open;
    },
  };
}

async function started(store: MemoryStore | null = null) {
  const relay = serve();
  const state = new RelayState(ORIGIN, 'secret', relay.fetcher, { store });
  state.feed.start();
  await vi.waitFor(() => expect(state.link.phase).toBe('live'));
  return { relay, state };
}

const titles = (state: RelayState) =>
  state.specs('m1', 'p1').entries.map(({ spec: { summary } }) => summary.title);

beforeEach(() => {
  vi.stubGlobal('requestAnimationFrame', (run: () => void) => setTimeout(run, 0));
});
afterEach(() => vi.unstubAllGlobals());

describe('the state of a relay', () => {
  test('is fetched, then kept by the feed from the place of the machines', async () => {
    const { relay, state } = await started();
    expect(relay.requests).toEqual([
      '/v1/machines',
      '/v1/machines/m1/projects',
      '/v1/feed?after=10.aa',
    ]);
    expect(state.machine('m1')?.name).toBe('MacBook');
    expect(state.projects('m1').map(({ id }) => id)).toEqual(['p1']);
    relay.tell('machine', machine('m1', { name: 'MacBook', online: false }));
    await vi.waitFor(() => expect(state.machine('m1')?.online).toBe(false));
    state.feed.stop();
  });

  test('shows a saved spec without touching the others', async () => {
    const { relay, state } = await started();
    await state.open('m1', 'p1');
    const [second, first] = state.specs('m1', 'p1').entries;
    relay.tell('spec', spec('001-a', { number: 1, title: 'New title' }, ['README.md'], 2));
    await vi.waitFor(() => expect(titles(state)).toEqual(['002-b', 'New title']));
    expect(state.specs('m1', 'p1').entries[0]).toBe(second);
    expect(state.specs('m1', 'p1').entries[1]).toBe(first);
    expect(first?.changedAt).not.toBeNull();
    expect(second?.changedAt).toBeNull();
    state.feed.stop();
  });

  test('adds and removes specs, projects and machines', async () => {
    const { relay, state } = await started();
    await state.open('m1', 'p1');
    relay.tell('spec', spec('003-c', { number: 3 }));
    relay.tell('spec_gone', { machine: 'm1', project: 'p1', path: '001-a', rev: 3 });
    await vi.waitFor(() => expect(titles(state)).toEqual(['003-c', '002-b']));
    relay.tell('machine', machine('m2'));
    relay.tell('project', project('p2', { machine: 'm2' }));
    await vi.waitFor(() => expect(state.projects('m2')).toHaveLength(1));
    relay.tell('project_gone', { machine: 'm2', id: 'p2' });
    relay.tell('machine_gone', { id: 'm1' });
    await vi.waitFor(() => expect(state.machines.map(({ id }) => id)).toEqual(['m2']));
    expect(state.projects('m2')).toEqual([]);
    state.feed.stop();
  });

  test('loses nothing that is saved while the specs are being fetched', async () => {
    const { relay, state } = await started();
    const release = relay.hold();
    const opening = state.open('m1', 'p1');
    relay.tell('spec', spec('003-c', { number: 3 }));
    await vi.waitFor(() => expect(state.specs('m1', 'p1').ready).toBe(false));
    release();
    await opening;
    await vi.waitFor(() => expect(titles(state)).toEqual(['003-c', '002-b', '001-a']));
    state.feed.stop();
  });

  test('fetches everything that is open anew after reset', async () => {
    const { relay, state } = await started();
    await state.open('m1', 'p1');
    relay.state.specs = [spec('009-z', { number: 9 })];
    relay.state.machines = [machine('m1', { name: 'Renamed' })];
    relay.write(frameText('reset', { reason: 'too_old' }));
    await vi.waitFor(() => expect(titles(state)).toEqual(['009-z']));
    expect(state.machine('m1')?.name).toBe('Renamed');
    state.feed.stop();
  });

  test('tells since when the relay is away', async () => {
    const { state } = await started();
    expect(state.downSince).toBeNull();
    state.feed.stop();
    expect(state.downSince).not.toBeNull();
  });
});

describe('the copy that this device keeps', () => {
  async function saved() {
    const store = new MemoryStore();
    const { state } = await started(store);
    await state.open('m1', 'p1');
    await state.close();
    state.feed.stop();
    return store;
  }

  test('is shown before the relay answers, with its age, and is not called live', async () => {
    const store = await saved();
    const state = new RelayState(ORIGIN, 'secret', serve().fetcher, { store });
    const book = state.specs('m1', 'p1');
    await vi.waitFor(() => expect(book.ready).toBe(true));
    expect(titles(state)).toEqual(['002-b', '001-a']);
    expect(state.machine('m1')?.name).toBe('MacBook');
    expect(state.projects('m1').map(({ id }) => id)).toEqual(['p1']);
    expect(state).toMatchObject({ filled: true, ready: false, away: true });
    expect(Date.now() - (state.savedAtOf('m1', 'p1') ?? 0)).toBeLessThan(60_000);
    // What is not in a copy may still be on the machine.
    expect(book.isCurrent).toBe(false);
  });

  test('gives way to what the relay says, in the same rows', async () => {
    const store = await saved();
    const relay = serve();
    relay.state.specs = [spec('002-b', { number: 2, title: 'Newer' }, ['README.md'], 2)];
    const state = new RelayState(ORIGIN, 'secret', relay.fetcher, { store });
    const book = state.specs('m1', 'p1');
    await vi.waitFor(() => expect(book.entries).toHaveLength(2));
    const [second] = book.entries;
    state.feed.start();
    await vi.waitFor(() => expect(state.link.phase).toBe('live'));
    expect(titles(state)).toEqual(['Newer']);
    expect(book.entries[0]).toBe(second);
    // It changed while nobody looked, and not just now.
    expect(second?.changedAt).toBeNull();
    expect(state).toMatchObject({ ready: true, away: false });
    expect(state.savedAtOf('m1', 'p1')).toBeNull();
    state.feed.stop();
  });

  test('never covers what the relay said already', async () => {
    const store = await saved();
    let answer = () => {};
    const slow = new Promise<void>((resolve) => (answer = resolve));
    const { relay, book } = store;
    store.relay = (origin) => slow.then(() => relay.call(store, origin));
    store.book = (origin, place) => slow.then(() => book.call(store, origin, place));
    const { state } = await started(store);
    await state.open('m1', 'p1');
    answer();
    await state.close();
    expect(state.savedAtOf('m1', 'p1')).toBeNull();
    state.feed.stop();
  });
});
