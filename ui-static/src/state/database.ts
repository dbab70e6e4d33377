// The only importer of idb. Two databases, so that a change to what is only a copy can never cost a
// sign-in: the keys of this browser, and what it keeps of its relays.

import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from 'idb';

import {
  BOOKS_MAX,
  type Parts,
  readBook,
  readRelay,
  type SavedBook,
  type SavedRelay,
  type SavedStore,
  type SavedText,
  TEXTS_MAX,
} from './saved/saved';
import type { Session } from './sessions.svelte';

interface Keys extends DBSchema {
  sessions: { key: string; value: Session };
}

interface Copies extends DBSchema {
  relays: { key: string; value: SavedRelay };
  books: { key: [string, string]; value: SavedBook };
  texts: { key: [string, string]; value: SavedText; indexes: { age: [string, number] } };
}

const KEYS = 'leanspec';
const KEYS_VERSION = 1;
const COPIES = 'leanspec-saved';
/** To be raised with every change of shape: what an older page kept is dropped. */
const COPIES_VERSION = 1;

export function openKeys(): Promise<IDBPDatabase<Keys>> {
  return openDB<Keys>(KEYS, KEYS_VERSION, {
    upgrade: (database) => {
      database.createObjectStore('sessions', { keyPath: 'origin' });
    },
  });
}

function openVersion(): Promise<IDBPDatabase<Copies>> {
  return openDB<Copies>(COPIES, COPIES_VERSION, {
    upgrade: (database) => {
      for (const name of [...database.objectStoreNames]) database.deleteObjectStore(name);
      database.createObjectStore('relays', { keyPath: 'origin' });
      database.createObjectStore('books', { keyPath: ['origin', 'place'] });
      const texts = database.createObjectStore('texts', { keyPath: ['origin', 'hash'] });
      texts.createIndex('age', ['origin', 'at']);
    },
    // A tab with a newer page waits for this one to let go.
    blocking: (_current, _wanted, event) => (event.target as IDBDatabase).close(),
  });
}

/** Opens what is kept; what a newer page left behind is dropped too, for it cannot be read. */
async function openCopies(): Promise<IDBPDatabase<Copies>> {
  try {
    return await openVersion();
  } catch (cause) {
    if ((cause as Error).name !== 'VersionError') throw cause;
    await deleteDB(COPIES);
    return openVersion();
  }
}

/** All keys that belong to a relay: an array sorts after every text. */
const of = (origin: string) => IDBKeyRange.bound([origin], [origin, []]);

export class IdbStore implements SavedStore {
  private opening: Promise<IDBPDatabase<Copies>> | null = null;

  async relay(origin: string): Promise<SavedRelay | null> {
    return readRelay(await (await this.open()).get('relays', origin));
  }

  async book(origin: string, place: string): Promise<SavedBook | null> {
    return readBook(await (await this.open()).get('books', [origin, place]));
  }

  async text(origin: string, hash: string): Promise<string | null> {
    return (await (await this.open()).get('texts', [origin, hash]))?.text ?? null;
  }

  async keep(origin: string, { relay, books, texts }: Parts): Promise<void> {
    const write = (await this.open()).transaction(['relays', 'books', 'texts'], 'readwrite');
    const kept = readRelay(await write.objectStore('relays').get(origin));
    if (relay) {
      // Another tab may hold other projects: the moments of those stay.
      const moments = Object.entries({ ...kept?.books, ...relay.books });
      const newest = moments.sort(([, left], [, right]) => right - left);
      for (const [place] of newest.splice(BOOKS_MAX)) {
        void write.objectStore('books').delete([origin, place]);
      }
      void write.objectStore('relays').put({ ...relay, origin, books: Object.fromEntries(newest) });
    }
    for (const book of books) void write.objectStore('books').put({ ...book, origin });
    for (const text of texts) void write.objectStore('texts').put({ ...text, origin });
    if (texts.length > 0) {
      const ages = write.objectStore('texts').index('age');
      const oldestFirst = await ages.getAllKeys(of(origin));
      for (const key of oldestFirst.slice(0, -TEXTS_MAX)) {
        void write.objectStore('texts').delete(key);
      }
    }
    await write.done;
  }

  async forget(origin: string): Promise<void> {
    const write = (await this.open()).transaction(['relays', 'books', 'texts'], 'readwrite');
    void write.objectStore('relays').delete(origin);
    void write.objectStore('books').delete(of(origin));
    void write.objectStore('texts').delete(of(origin));
    await write.done;
  }

  private open(): Promise<IDBPDatabase<Copies>> {
    this.opening ??= openCopies().then((database) => {
      // The browser may take it away, e.g. when somebody clears the data of this site.
      database.addEventListener('close', () => (this.opening = null));
      return database;
    });
    return this.opening;
  }
}

export const savedStore = new IdbStore();
