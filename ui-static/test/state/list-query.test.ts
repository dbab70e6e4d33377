import { describe, expect, test } from 'vitest';

import {
  EVERYTHING,
  isEverything,
  readListQuery,
  writeListQuery,
} from '../../src/state/list-query';

describe('what an address asks of a list', () => {
  test('is everything in the order of numbers when it says nothing or nonsense', () => {
    expect(readListQuery(new URLSearchParams())).toEqual(EVERYTHING);
    const nonsense = new URLSearchParams('sort=size&group=moon&stale=-3');
    expect(readListQuery(nonsense)).toEqual(EVERYTHING);
    expect(Object.values(writeListQuery(EVERYTHING)).every((value) => value === null)).toBe(true);
  });

  test('counts as a filter unless it only sorts or groups', () => {
    expect(isEverything({ ...EVERYTHING, group: 'tag', sort: 'title', reversed: true })).toBe(true);
    expect(isEverything({ ...EVERYTHING, query: 'x' })).toBe(false);
    expect(isEverything({ ...EVERYTHING, stale: 30 })).toBe(false);
  });
});
