// The specs of projects that nobody opened, fetched for a search. They stand beside the page's state:
// no feed keeps them up to date, and this device keeps no copy of them.

import type { Spec } from '../wire/types';

export interface FarPlace {
  machine: string;
  project: string;
}

/** The specs of one project, and when they were fetched, in milliseconds since 1970. */
export interface FarBook extends FarPlace {
  specs: readonly Spec[];
  at: number;
}

/** Projects that are looked through at most. */
export const FAR_MAX = 40;
/** Requests on their way at the same time. */
const AT_ONCE = 2;
/** For so long what was fetched is good enough to find something in it, in milliseconds. */
const FRESH_MS = 5 * 60_000;

export class FarSpecs {
  /** In the order in which they came. */
  books: readonly FarBook[] = $state.raw([]);
  /** Projects that are still to be looked through. */
  left = $state(0);
  /** Those that could not be. */
  failed = $state(0);
  /** Those beyond the limit. */
  skipped = $state(0);
  private turn = 0;

  constructor(private readonly fetchSpecs: (place: FarPlace) => Promise<readonly Spec[]>) {}

  /** Looks through these projects and no others; ends when all were, or when `stop` is called. */
  async look(places: readonly FarPlace[], now = Date.now()): Promise<void> {
    const turn = ++this.turn;
    const isGood = (book: FarBook) => now - book.at < FRESH_MS && places.some(isAt(book));
    this.books = this.books.filter(isGood);
    const fresh = places.filter((place) => !this.books.some(isAt(place)));
    const waiting = fresh.slice(0, Math.max(0, FAR_MAX - this.books.length));
    [this.left, this.failed, this.skipped] = [waiting.length, 0, fresh.length - waiting.length];
    const lookOn = async () => {
      while (turn === this.turn) {
        const place = waiting.shift();
        if (!place) return;
        await this.lookAt(place, turn);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lookOn));
  }

  stop(): void {
    this.turn += 1;
    this.left = 0;
  }

  private async lookAt(place: FarPlace, turn: number): Promise<void> {
    try {
      const specs = await this.fetchSpecs(place);
      const others = this.books.filter((book) => !isAt(place)(book));
      this.books = [...others, { ...place, specs, at: Date.now() }];
    } catch {
      if (turn === this.turn) this.failed += 1;
    }
    if (turn === this.turn) this.left -= 1;
  }
}

function isAt(place: FarPlace): (other: FarPlace) => boolean {
  return (other) => other.machine === place.machine && other.project === place.project;
}
