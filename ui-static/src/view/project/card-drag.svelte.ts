// Dragging a card to another column, with the browser's own drag. While it lasts nothing on the board
// moves.

import type { Status } from '../../state/spec-facts';
import { hold } from '../hold.svelte';
import type { Shown } from './listing.svelte';

export class CardDrag {
  /** The spec whose card is being dragged. */
  item: Shown | null = $state.raw(null);
  /** The column it is over. */
  over: Status | null = $state(null);
  private release = () => {};

  /** `drop` makes the edit that a drop is. */
  constructor(private readonly drop: (item: Shown, status: Status) => void) {}

  readonly start = (item: Shown, event: DragEvent): void => {
    if (!event.dataTransfer) return;
    event.dataTransfer.effectAllowed = 'move';
    event.dataTransfer.setData('text/plain', item.spec.path);
    this.item = item;
    this.release = hold.take();
  };

  readonly onover = (event: DragEvent): void => {
    if (!this.item) return;
    const column = (event.target as HTMLElement).closest<HTMLElement>('[data-status]');
    const status = (column?.dataset['status'] as Status | undefined) ?? null;
    // A word of one's own is no status to give.
    this.over = status === 'other' ? null : status;
    if (this.over !== null) event.preventDefault();
  };

  readonly ondrop = (event: DragEvent): void => {
    const { item, over } = this;
    if (!item || over === null) return;
    event.preventDefault();
    this.end();
    this.drop(item, over);
  };

  readonly end = (): void => {
    this.release();
    this.item = null;
    this.over = null;
  };
}
