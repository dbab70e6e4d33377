import { describe, expect, test } from 'vitest';

import { found } from '../../src/state/fuzzy';

const TEXTS = [
  '042 Log in with a passkey auth web',
  '007 Full-text search search core',
  '118 Search in page titles ui',
  '011 按标签筛选列表 ui',
];

describe('finding by a few letters', () => {
  test.each<[string, number[]]>([
    ['passkey', [0]],
    ['042', [0]],
    ['web log', [0]],
    ['psskey', [0]],
    ['title search', [2]],
    ['标签', [3]],
    ['nothing such', []],
    ['  ', []],
  ])('%j finds %j', (query, indices) => {
    expect(found(TEXTS, query)).toEqual(indices);
  });

  test('puts whole words before parts of words', () => {
    expect(found(['research notes', 'search'], 'search')[0]).toBe(1);
  });
});
