// Which rows of a long list are worth having in the page. All rows are equally high, so this is
// arithmetic; a library for rows of any height would cost a fourth of the whole first load.

export interface Slice {
  /** Index of the first row to show. */
  start: number;
  /** Index after the last row to show. */
  end: number;
}

/** Rows kept above and below what is seen, so that quick scrolling shows no gap. */
const OVERSCAN_ROWS = 10;

/**
 * The rows that are seen or nearly seen. `top` is the list's upper edge relative to the window's,
 * `height` the window's height, `row` one row's; all in pixels.
 */
export function visibleRows(count: number, top: number, height: number, row: number): Slice {
  const first = Math.floor(-top / row) - OVERSCAN_ROWS;
  const last = Math.ceil((height - top) / row) + OVERSCAN_ROWS;
  const end = Math.max(0, Math.min(count, last));
  return { start: Math.max(0, Math.min(first, end)), end };
}
