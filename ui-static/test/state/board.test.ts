import { describe, expect, test } from 'vitest';

import { columnsOf, placeOf, statusBeside, type Step, stepped } from '../../src/state/board';
import type { Item } from '../../src/state/listing';
import type { Status } from '../../src/state/spec-facts';
import { spec } from './samples';

const item = (path: string, status: string): Item => {
  const made = spec(path, { status });
  return { spec: made, summary: made.summary, changedAt: null };
};
const ITEMS = [
  item('a', 'planned'),
  item('b', 'complete'),
  item('c', 'planned'),
  item('d', 'archived'),
  item('e', 'planned'),
];
const COLUMNS = columnsOf(ITEMS);
const closed = (status: Status) => status === 'archived';
const at = (path: string | null) => placeOf(COLUMNS, path);

describe('a board', () => {
  test('has a column for each status, and one for other words only if there are any', () => {
    expect(COLUMNS.map(({ status, items }) => [status, items.length])).toEqual([
      ['draft', 0],
      ['planned', 3],
      ['in-progress', 0],
      ['complete', 1],
      ['archived', 1],
    ]);
    expect(columnsOf([item('x', 'parked')]).at(-1)).toMatchObject({ status: 'other' });
  });

  test('knows where a card is', () => {
    expect(at('c')).toEqual({ column: 1, index: 1 });
    expect(at('gone')).toBeNull();
  });

  test.each<[string | null, Step, string | null]>([
    [null, 'down', 'a'],
    ['a', 'down', 'c'],
    ['a', 'up', null],
    ['e', 'right', 'b'],
    ['b', 'left', 'a'],
    ['b', 'right', null],
    ['a', 'left', null],
  ])('from %s, %s leads to %s, past empty and closed columns', (from, step, to) => {
    expect(stepped(COLUMNS, at(from), step, closed)).toEqual(to === null ? null : at(to));
  });
});

test.each<[Status, 'left' | 'right', Status | null]>([
  ['planned', 'right', 'in-progress'],
  ['planned', 'left', 'draft'],
  ['draft', 'left', null],
  ['archived', 'right', null],
  ['other', 'right', null],
])('one column further from %s to the %s is %s', (status, step, to) => {
  expect(statusBeside(status, step)).toBe(to);
});
