// Keeps a copy of what the page holds of one relay, at most every second and a half, and gives it
// back at the next start. A store that fails is no reason to show less: then there is no copy.

import { type Parts, type SavedRelay, type SavedStore, type SavedText } from './saved';
import { TEXT_MAX_CHARS } from './saved';
import type { Spec } from '../../wire/types';

/** What the page holds that the relay said, and not a copy. */
export interface Shown {
  /** Null until the relay answered. */
  relay(): Omit<SavedRelay, 'origin'> | null;
  /** The specs of a project; null when they are not held. */
  book(place: string): readonly Spec[] | null;
}

/** How long changes are gathered, in milliseconds. */
export const WRITE_EVERY_MS = 1500;
/** How often it is noted that all is still so, in milliseconds. */
export const CONFIRM_EVERY_MS = 60_000;

export class Keeper {
  private readonly books = new Set<string>();
  private readonly texts = new Map<string, Omit<SavedText, 'origin'>>();
  private isDirty = false;
  private isClosed = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly confirming = setInterval(() => this.touch(), CONFIRM_EVERY_MS);
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: SavedStore,
    private readonly origin: string,
    private readonly shown: Shown,
  ) {
    document.addEventListener('visibilitychange', this.flushWhenHidden);
    window.addEventListener('pagehide', this.flush);
  }

  relay(): Promise<SavedRelay | null> {
    return this.store.relay(this.origin).catch(() => null);
  }

  async book(place: string): Promise<readonly Spec[] | null> {
    const book = await this.store.book(this.origin, place).catch(() => null);
    return book?.specs ?? null;
  }

  async text(hash: string): Promise<string | null> {
    return this.texts.get(hash)?.text ?? this.store.text(this.origin, hash).catch(() => null);
  }

  /** Something changed: what stands on the first screen, or also the specs of a project. */
  touch(place?: string): void {
    if (place !== undefined) this.books.add(place);
    this.isDirty = true;
    this.schedule();
  }

  /** The text of a file was looked at. */
  keepText(hash: string, text: string): void {
    if (text.length > TEXT_MAX_CHARS) return;
    this.texts.set(hash, { hash, text, at: Date.now() });
    this.schedule();
  }

  /** Writes what is waiting, and no more after that. */
  async close(): Promise<void> {
    this.flush();
    this.isClosed = true;
    clearInterval(this.confirming);
    document.removeEventListener('visibilitychange', this.flushWhenHidden);
    window.removeEventListener('pagehide', this.flush);
    await this.writing;
  }

  private schedule(): void {
    if (!this.isClosed) this.timer ??= setTimeout(this.flush, WRITE_EVERY_MS);
  }

  // A page that is hidden may never be told that it ends.
  private readonly flushWhenHidden = () => {
    if (document.hidden) this.flush();
  };

  private readonly flush = () => {
    clearTimeout(this.timer);
    this.timer = undefined;
    const relay = this.isDirty ? this.shown.relay() : null;
    this.isDirty = false;
    const books = [...this.books].flatMap((place) => {
      const specs = this.shown.book(place);
      return specs ? [{ place, specs }] : [];
    });
    const texts = [...this.texts.values()];
    this.books.clear();
    this.texts.clear();
    if (this.isClosed || (!relay && books.length + texts.length === 0)) return;
    const parts: Parts = relay ? { relay, books, texts } : { books, texts };
    this.writing = this.write(parts);
  };

  private async write(parts: Parts): Promise<void> {
    try {
      await this.store.keep(this.origin, parts);
    } catch (cause) {
      if ((cause as Error).name !== 'QuotaExceededError') return;
      // No room: all that is kept is given up once, so that what is looked at now finds some.
      await this.store
        .forget(this.origin)
        .then(() => this.store.keep(this.origin, parts))
        .catch(() => undefined);
    }
  }
}
