// How specs stand on a board: a column for each status. Pure.

import type { Item } from './listing';
import { type Status, statusOf, STATUSES } from './spec-facts';

export interface Column<I> {
  status: Status;
  items: I[];
}

/** Where a card is: its column and its place in it. */
export interface Place {
  column: number;
  index: number;
}

/** The columns, left to right, each in the order of the items. That of other statuses only if used. */
export function columnsOf<I extends Item>(items: readonly I[]): Column<I>[] {
  const columns = [...STATUSES, 'other' as const].map((status): Column<I> => ({
    status,
    items: [],
  }));
  const byStatus = new Map(columns.map(({ status, items: own }) => [status, own]));
  for (const item of items) byStatus.get(statusOf(item.summary))?.push(item);
  return columns.filter(({ status, items: own }) => status !== 'other' || own.length > 0);
}

/** Where the card of a spec is; null when it is on no column. */
export function placeOf(columns: readonly Column<Item>[], path: string | null): Place | null {
  for (const [column, { items }] of columns.entries()) {
    const index = items.findIndex(({ spec }) => spec.path === path);
    if (index >= 0) return { column, index };
  }
  return null;
}

export type Step = 'up' | 'down' | 'left' | 'right';

/** The card an arrow leads to; null at the edge. Columns that are empty or `closed` are passed over. */
export function stepped(
  columns: readonly Column<Item>[],
  from: Place | null,
  step: Step,
  closed: (status: Status) => boolean,
): Place | null {
  const isOpen = (column: number) => {
    const there = columns[column];
    return there !== undefined && there.items.length > 0 && !closed(there.status);
  };
  if (from === null) {
    const first = columns.findIndex((_, column) => isOpen(column));
    return first < 0 ? null : { column: first, index: 0 };
  }
  if (step === 'up' || step === 'down') {
    const index = from.index + (step === 'down' ? 1 : -1);
    const isThere = columns[from.column]?.items[index] !== undefined;
    return isThere ? { column: from.column, index } : null;
  }
  const by = step === 'right' ? 1 : -1;
  let column = from.column + by;
  while (column >= 0 && column < columns.length && !isOpen(column)) column += by;
  const there = columns[column];
  return there ? { column, index: Math.min(from.index, there.items.length - 1) } : null;
}

/** The status one column further, that a card can be given; null at the edge. */
export function statusBeside(status: Status, step: 'left' | 'right'): Status | null {
  const at = STATUSES.findIndex((known) => known === status);
  return at < 0 ? null : (STATUSES[at + (step === 'right' ? 1 : -1)] ?? null);
}
