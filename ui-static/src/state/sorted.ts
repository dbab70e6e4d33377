// Small immutable operations on lists that are kept in an order.

/** The list with the item in place of the one with the same key, or added; in order. */
export function upserted<T>(
  list: readonly T[],
  item: T,
  key: (item: T) => string,
  compare: (left: T, right: T) => number,
): T[] {
  const others = list.filter((other) => key(other) !== key(item));
  return [...others, item].sort(compare);
}

const byText = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** By name as people sort names, then by id, so that equal names keep their places. */
export function byName(
  left: { name: string; id: string },
  right: { name: string; id: string },
): number {
  return byText.compare(left.name, right.name) || (left.id < right.id ? -1 : 1);
}

/** The newest number first; specs without a number last; then by path. */
export function byNumber(
  left: { path: string; number: number | null },
  right: { path: string; number: number | null },
): number {
  const difference = (right.number ?? -1) - (left.number ?? -1);
  return difference || byText.compare(left.path, right.path);
}
