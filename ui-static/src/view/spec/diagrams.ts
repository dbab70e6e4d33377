// Diagrams of the document that is open: their code is fetched with the first of them.

import type { DiagramShelf } from '../../markdown/diagram/shelf';

export class Diagrams {
  private shelf: Promise<DiagramShelf> | null = null;
  private closed = false;

  constructor(
    private dark: boolean,
    private readonly follow: (href: string) => void,
  ) {}

  /** Draws a diagram in the place of its source. */
  add(place: HTMLElement, code: HTMLElement, source: string): void {
    this.shelf ??= import('../../markdown/diagram/shelf').then(
      ({ DiagramShelf }) => new DiagramShelf(this.dark, this.follow),
    );
    // Not fetched: the source stands there as code.
    this.withShelf((shelf) => shelf.add(place, code, source));
  }

  paint(dark: boolean): void {
    this.dark = dark;
    this.withShelf((shelf) => shelf.paint(dark));
  }

  close(): void {
    this.closed = true;
    this.shelf?.then(
      (shelf) => shelf.close(),
      () => undefined,
    );
  }

  private withShelf(act: (shelf: DiagramShelf) => void): void {
    this.shelf?.then(
      (shelf) => {
        if (!this.closed) act(shelf);
      },
      () => (this.shelf = null),
    );
  }
}
