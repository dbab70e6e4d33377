// Gathers what arrives and hands it over once per frame, so that a git checkout of three hundred
// files costs one update of the page and not three hundred.

/** How often a page that nobody sees is kept up to date: it gets no frames. */
const HIDDEN_EVERY_MS = 250;

export class FrameBatch<T> {
  private waiting: T[] = [];
  private scheduled = false;

  constructor(private readonly hand: (items: T[]) => void) {}

  push(item: T): void {
    this.waiting.push(item);
    if (this.scheduled) return;
    this.scheduled = true;
    if (document.hidden) setTimeout(() => this.flush(), HIDDEN_EVERY_MS);
    else requestAnimationFrame(() => this.flush());
  }

  /** Hands over now what is waiting. */
  flush(): void {
    this.scheduled = false;
    const items = this.waiting;
    this.waiting = [];
    if (items.length > 0) this.hand(items);
  }
}
