import { describe, expect, test } from 'vitest';

import { edgesOf, firstAtOrAfter, scrollToRow, visibleRows } from '../../src/state/window';

/** Two groups of three rows: headings of 40 pixels, rows of 36. */
const EDGES = edgesOf([40, 36, 36, 36, 40, 36, 36, 36]);
const LONG = edgesOf(Array.from({ length: 2000 }, () => 36));

describe('the rows of a long list', () => {
  test('stand one below the other, whatever their heights', () => {
    expect(EDGES).toEqual([0, 40, 76, 112, 148, 188, 224, 260, 296]);
  });

  test.each([
    [0, { start: 0, end: 34 }],
    [-36_000, { start: 989, end: 1034 }],
    [-71_200, { start: 1967, end: 2000 }],
    [5000, { start: 0, end: 0 }],
  ])('with the list at %i, only those near what is seen exist', (top, slice) => {
    expect(visibleRows(LONG, top, 860)).toEqual(slice);
  });

  test('are all there when they are few, and none when there are none', () => {
    expect(visibleRows(EDGES, 0, 860)).toEqual({ start: 0, end: 8 });
    expect(visibleRows(edgesOf([]), 0, 860)).toEqual({ start: 0, end: 0 });
  });

  test('are found by their place', () => {
    expect([-1, 0, 1, 41, 296].map((place) => firstAtOrAfter(EDGES, place))).toEqual([
      0, 0, 1, 2, 8,
    ]);
  });
});

describe('scrolling to a row', () => {
  const seen = { height: 800, above: 60, below: 80 };
  test.each([
    [{ top: 100, bottom: 136 }, 0],
    [{ top: 20, bottom: 56 }, -40],
    [{ top: 700, bottom: 736 }, 16],
  ])('at %j moves by %i', (row, by) => {
    expect(scrollToRow(row, seen)).toBe(by);
  });
});
