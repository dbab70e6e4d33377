import 'fake-indexeddb/auto';

import { IDBFactory } from 'fake-indexeddb';
import { openDB } from 'idb';
import { beforeEach, describe, expect, test } from 'vitest';

import { IdbStore, openKeys } from '../../../src/state/database';
import { BOOKS_MAX, readBook, readRelay, TEXTS_MAX } from '../../../src/state/saved/saved';
import { machine, ORIGIN } from '../../wire/fake-relay';
import { project, spec } from '../samples';

const OTHER = 'https://other.example.org';
const book = (place: string) => ({ place, specs: [spec('001-a')] });
const relay = (books: Record<string, number>) => ({
  at: 5,
  machines: [machine('m1')],
  projects: [project('p1')],
  books,
});
const texts = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => ({
    hash: `h${from + index}`,
    text: `text ${from + index}`,
    at: from + index,
  }));

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

describe('the copy of a relay', () => {
  test('is given back as it was, to that relay alone', async () => {
    const store = new IdbStore();
    await store.keep(ORIGIN, {
      relay: relay({ 'm1/p1': 5 }),
      books: [book('m1/p1')],
      texts: texts(1),
    });
    expect(await store.relay(ORIGIN)).toEqual({ ...relay({ 'm1/p1': 5 }), origin: ORIGIN });
    expect((await store.book(ORIGIN, 'm1/p1'))?.specs).toEqual([spec('001-a')]);
    expect(await store.text(ORIGIN, 'h0')).toBe('text 0');
    expect(await store.relay(OTHER)).toBeNull();
    expect(await store.text(OTHER, 'h0')).toBeNull();
  });

  test('keeps the projects that another tab holds', async () => {
    const store = new IdbStore();
    await store.keep(ORIGIN, { relay: relay({ 'm1/p1': 1 }), books: [], texts: [] });
    await store.keep(ORIGIN, { relay: relay({ 'm1/p2': 2 }), books: [], texts: [] });
    expect((await store.relay(ORIGIN))?.books).toEqual({ 'm1/p1': 1, 'm1/p2': 2 });
  });

  test('has room for the projects and texts that were looked at lately', async () => {
    const store = new IdbStore();
    for (let count = 0; count <= BOOKS_MAX; count += 1) {
      const place = `m1/p${count}`;
      await store.keep(ORIGIN, {
        relay: relay({ [place]: count }),
        books: [book(place)],
        texts: [],
      });
    }
    await store.keep(ORIGIN, { books: [], texts: texts(TEXTS_MAX) });
    await store.keep(ORIGIN, { books: [], texts: texts(2, TEXTS_MAX) });
    expect(await store.book(ORIGIN, 'm1/p0')).toBeNull();
    expect(await store.book(ORIGIN, 'm1/p1')).not.toBeNull();
    expect(await store.text(ORIGIN, 'h1')).toBeNull();
    expect(await store.text(ORIGIN, 'h2')).toBe('text 2');
  });

  test('is gone once it is forgotten, and that of another relay is not', async () => {
    const store = new IdbStore();
    for (const origin of [ORIGIN, OTHER]) {
      await store.keep(origin, { relay: relay({}), books: [book('m1/p1')], texts: texts(1) });
    }
    await store.forget(ORIGIN);
    expect(await store.relay(ORIGIN)).toBeNull();
    expect(await store.book(ORIGIN, 'm1/p1')).toBeNull();
    expect(await store.text(ORIGIN, 'h0')).toBeNull();
    expect(await store.book(OTHER, 'm1/p1')).not.toBeNull();
  });
});

describe('the copy that another version of the page left', () => {
  test('is dropped when its database is newer, and the sign-ins stay', async () => {
    const keys = await openKeys();
    const session = { origin: ORIGIN, key: 'k', scope: 'view', name: '', signedInAt: 1 };
    await keys.put('sessions', session);
    const newer = await openDB('leanspec-saved', 99, {
      upgrade: (database) => void database.createObjectStore('odd'),
    });
    newer.close();
    const store = new IdbStore();
    expect(await store.relay(ORIGIN)).toBeNull();
    await store.keep(ORIGIN, { relay: relay({}), books: [], texts: [] });
    expect(await store.relay(ORIGIN)).not.toBeNull();
    expect(await keys.getAll('sessions')).toHaveLength(1);
  });

  test('is read with the same care as an answer of a relay', () => {
    expect(readRelay(undefined)).toBeNull();
    expect(readRelay({ origin: ORIGIN, at: 'then', machines: [] })).toBeNull();
    const odd = { ...relay({}), origin: ORIGIN, machines: [machine('m1'), { id: 3 }, null] };
    expect(readRelay(odd)?.machines).toEqual([machine('m1')]);
    expect(readBook({ origin: ORIGIN, place: 'm1/p1', specs: 'none' })).toBeNull();
    expect(readBook({ origin: ORIGIN, place: 'm1/p1', specs: [{}] })?.specs).toEqual([]);
  });
});
