// A store that keeps in memory, for tests; it fails when it is told to.

import type {
  Parts,
  SavedBook,
  SavedRelay,
  SavedStore,
  SavedText,
} from '../../../src/state/saved/saved';

export class MemoryStore implements SavedStore {
  relays = new Map<string, SavedRelay>();
  books = new Map<string, SavedBook>();
  texts = new Map<string, SavedText>();
  writes: Parts[] = [];
  fails: Error | null = null;

  async relay(origin: string) {
    return this.relays.get(origin) ?? null;
  }

  async book(origin: string, place: string) {
    return this.books.get(`${origin} ${place}`) ?? null;
  }

  async text(origin: string, hash: string) {
    return this.texts.get(`${origin} ${hash}`)?.text ?? null;
  }

  async keep(origin: string, parts: Parts) {
    this.writes.push(parts);
    if (this.fails) throw this.fails;
    if (parts.relay) this.relays.set(origin, { ...parts.relay, origin });
    for (const book of parts.books) this.books.set(`${origin} ${book.place}`, { ...book, origin });
    for (const text of parts.texts) this.texts.set(`${origin} ${text.hash}`, { ...text, origin });
  }

  async forget(origin: string) {
    this.fails = null;
    this.relays.delete(origin);
    for (const map of [this.books, this.texts]) {
      for (const key of map.keys()) if (key.startsWith(`${origin} `)) map.delete(key);
    }
  }
}
