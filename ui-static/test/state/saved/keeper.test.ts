// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import {
  CONFIRM_EVERY_MS,
  Keeper,
  type Shown,
  WRITE_EVERY_MS,
} from '../../../src/state/saved/keeper';
import { TEXT_MAX_CHARS } from '../../../src/state/saved/saved';
import { ORIGIN } from '../../wire/fake-relay';
import { spec } from '../samples';
import { MemoryStore } from './memory-store';

const RELAY = { at: 7, machines: [], projects: [], books: { 'm1/p1': 7 } };
const shown: Shown = {
  relay: () => RELAY,
  book: (place) => (place === 'm1/p1' ? [spec('001-a')] : null),
};

function keeping(what: Shown = shown) {
  const store = new MemoryStore();
  return { store, keeper: new Keeper(store, ORIGIN, what) };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('changes are written together, at most every second and a half', async () => {
  const { store, keeper } = keeping();
  for (let count = 0; count < 300; count += 1) keeper.touch('m1/p1');
  keeper.keepText('h1', 'text');
  vi.advanceTimersByTime(WRITE_EVERY_MS - 1);
  expect(store.writes).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(store.writes).toEqual([
    {
      relay: RELAY,
      books: [{ place: 'm1/p1', specs: [spec('001-a')] }],
      texts: [{ hash: 'h1', text: 'text', at: expect.any(Number) }],
    },
  ]);
  await keeper.close();
});

test('a quiet page still notes every minute that all is as it was', async () => {
  const { store, keeper } = keeping();
  vi.advanceTimersByTime(CONFIRM_EVERY_MS + WRITE_EVERY_MS);
  expect(store.writes).toEqual([{ relay: RELAY, books: [], texts: [] }]);
  await keeper.close();
});

test('a page that is hidden or left writes at once', async () => {
  const { store, keeper } = keeping();
  keeper.touch();
  window.dispatchEvent(new Event('pagehide'));
  expect(store.writes).toHaveLength(1);
  await keeper.close();
});

test('what the relay has not said yet is never written', async () => {
  const { store, keeper } = keeping({ relay: () => null, book: () => null });
  keeper.touch('m1/p1');
  vi.advanceTimersByTime(WRITE_EVERY_MS);
  expect(store.writes).toEqual([]);
  await keeper.close();
});

test('a text is given back before it is written and after, unless it is huge', async () => {
  const { keeper } = keeping();
  keeper.keepText('h1', 'text');
  keeper.keepText('h2', 'x'.repeat(TEXT_MAX_CHARS + 1));
  expect(await keeper.text('h1')).toBe('text');
  await vi.advanceTimersByTimeAsync(WRITE_EVERY_MS);
  expect(await keeper.text('h1')).toBe('text');
  expect(await keeper.text('h2')).toBeNull();
  await keeper.close();
});

test('without room the old copy makes place, and any other fault is survived', async () => {
  const { store, keeper } = keeping();
  await store.keep(ORIGIN, { books: [{ place: 'old', specs: [] }], texts: [] });
  store.fails = new DOMException('full', 'QuotaExceededError');
  keeper.touch('m1/p1');
  await vi.advanceTimersByTimeAsync(WRITE_EVERY_MS);
  expect([...store.books.keys()]).toEqual([`${ORIGIN} m1/p1`]);
  store.fails = new Error('gone');
  keeper.touch('m1/p1');
  await vi.advanceTimersByTimeAsync(WRITE_EVERY_MS);
  expect(store.fails).not.toBeNull();
  await keeper.close();
});

test('after the end nothing is written', async () => {
  const { store, keeper } = keeping();
  keeper.touch();
  await keeper.close();
  expect(store.writes).toHaveLength(1);
  keeper.touch();
  vi.advanceTimersByTime(CONFIRM_EVERY_MS * 2);
  expect(store.writes).toHaveLength(1);
});
