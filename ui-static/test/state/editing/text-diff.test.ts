import { expect, test } from 'vitest';

import { rowsBetween } from '../../../src/state/editing/text-diff';

test('two texts are compared line by line, with the lines around', () => {
  const rows = rowsBetween('a\nb\nc\nd\ne\nf\n', 'a\nb\nc\nD\ne\nf\n');
  expect(rows?.map((row) => `${row.kind} ${row.text}`)).toEqual([
    'gap Line 1',
    'same a',
    'same b',
    'same c',
    'removed d',
    'added D',
    'same e',
    'same f',
  ]);
});

test('equal texts have no rows', () => {
  expect(rowsBetween('a\n', 'a\n')).toEqual([]);
});
