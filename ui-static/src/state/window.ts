// Which rows of a long list are worth having in the page. Rows are of a few known heights, so this is
// arithmetic; a library that measures rows of any height would cost a fourth of the whole first load.

export interface Slice {
  /** Index of the first row to show. */
  start: number;
  /** Index after the last row to show. */
  end: number;
}

/** Room kept filled above and below what is seen, so that quick scrolling shows no gap, in pixels. */
const OVERSCAN_PX = 360;

/** Upper edges of rows with these heights, and last the lower edge of them all; in pixels. */
export function edgesOf(heights: Iterable<number>): number[] {
  const edges = [0];
  let edge = 0;
  for (const height of heights) edges.push((edge += height));
  return edges;
}

/**
 * The rows that are seen or nearly seen. `top` is the list's upper edge relative to the upper edge of
 * what is seen of it, `height` the height of that; in pixels.
 */
export function visibleRows(edges: readonly number[], top: number, height: number): Slice {
  const count = edges.length - 1;
  const end = Math.min(count, firstAtOrAfter(edges, height - top + OVERSCAN_PX));
  const start = Math.max(0, firstAtOrAfter(edges, -top - OVERSCAN_PX) - 1);
  return { start: Math.min(start, end), end };
}

/** Index of the first row whose upper edge is at this place or below it. */
export function firstAtOrAfter(edges: readonly number[], place: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] ?? 0) < place) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * How far to scroll so that a row is wholly seen, in pixels; 0 when it is. All edges are relative to
 * what is seen: `above` and `below` are covered by bars.
 */
export function scrollToRow(
  row: { top: number; bottom: number },
  seen: { height: number; above: number; below: number },
): number {
  if (row.top < seen.above) return row.top - seen.above;
  return Math.max(0, row.bottom - (seen.height - seen.below));
}
