import { describe, expect, test } from 'vitest';

import { EVERYTHING, type ListQuery } from '../../src/state/list-query';
import {
  activeFilters,
  choices,
  grouped,
  hasStatus,
  type Item,
  NONE,
  passes,
  rowsOf,
  sorted,
} from '../../src/state/listing';
import type { Summary } from '../../src/wire/types';
import { spec } from './samples';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const item = (path: string, summary: Summary = {}): Item => {
  const made = spec(path, { number: Number.parseInt(path, 10), ...summary });
  return { spec: made, summary: made.summary, changedAt: null };
};
const paths = (items: readonly Item[]) => items.map(({ spec: { path } }) => path);
const list = (change: Partial<ListQuery>): ListQuery => ({ ...EVERYTHING, ...change });

const ITEMS = [
  item('4-d', {
    title: 'alpha',
    priority: 'low',
    tags: ['api', 'ui'],
    tasks: { done: 1, total: 4 },
  }),
  item('3-c', { title: 'Beta', status: 'complete', assignee: 'ada', parent: '1-a', tags: ['ui'] }),
  item('2-b', { title: 'gamma', priority: 'critical', updated_at: '2026-10-01T00:00:00Z' }),
  item('1-a', {
    title: 'alpha 2',
    priority: 'odd',
    tasks: { done: 2, total: 2 },
    created: '2026-01-01',
  }),
];

describe('what a list shows', () => {
  test.each<[Partial<ListQuery>, string[]]>([
    [{}, ['4-d', '3-c', '2-b', '1-a']],
    [{ priority: 'low' }, ['4-d']],
    [{ priority: NONE }, ['3-c']],
    [{ tag: 'ui' }, ['4-d', '3-c']],
    [{ tag: NONE }, ['2-b', '1-a']],
    [{ assignee: 'ada' }, ['3-c']],
    [{ parent: '1-a' }, ['3-c']],
    [{ stale: 30 }, ['2-b', '1-a']],
    [{ query: 'ALPHA ui' }, ['4-d']],
    [{ tag: 'ui', priority: 'high' }, []],
  ])('with %j is %j', (asked, shown) => {
    expect(paths(ITEMS.filter((one) => passes(one, list(asked), NOW)))).toEqual(shown);
  });

  test('is of one status when one is asked for, the unknown ones together', () => {
    const odd = item('5-e', { status: 'parked' });
    expect(hasStatus(odd, list({ status: 'other' }))).toBe(true);
    expect(hasStatus(odd, list({ status: 'planned' }))).toBe(false);
    expect(hasStatus(odd, list({}))).toBe(true);
  });
});

describe('the order of a list', () => {
  test.each<[Partial<ListQuery>, string[]]>([
    [{ sort: 'number' }, ['4-d', '3-c', '2-b', '1-a']],
    [{ sort: 'number', reversed: true }, ['1-a', '2-b', '3-c', '4-d']],
    [{ sort: 'title' }, ['4-d', '1-a', '3-c', '2-b']],
    [{ sort: 'title', reversed: true }, ['2-b', '3-c', '1-a', '4-d']],
    [{ sort: 'priority' }, ['2-b', '4-d', '3-c', '1-a']],
    [{ sort: 'priority', reversed: true }, ['4-d', '2-b', '3-c', '1-a']],
    [{ sort: 'progress' }, ['1-a', '4-d', '3-c', '2-b']],
    [{ sort: 'updated' }, ['4-d', '3-c', '2-b', '1-a']],
    [{ sort: 'created' }, ['1-a', '4-d', '3-c', '2-b']],
  ])('with %j is %j: what lacks the value comes last', (asked, order) => {
    expect(paths(sorted(ITEMS, list(asked)))).toEqual(order);
  });
});

describe('groups', () => {
  test.each([
    ['status', ['planned', 'complete']],
    ['priority', ['critical', 'low', 'odd', NONE]],
    ['tag', ['ui', 'api', NONE]],
    ['parent', ['1-a', NONE]],
  ] as const)('by %s stand in the order %j', (group, keys) => {
    expect(grouped(ITEMS, group).map(({ key }) => key)).toEqual(keys);
  });

  test('are headed by their count, and a spec with two tags stands in both', () => {
    expect(rowsOf(ITEMS.slice(0, 2), 'tag').map(({ id }) => id)).toEqual([
      '/ui',
      'ui/4-d',
      'ui/3-c',
      '/api',
      'api/4-d',
    ]);
    expect(rowsOf(ITEMS, 'tag')[0]).toMatchObject({ group: 'ui', count: 2 });
  });

  test('have no headings when there are none', () => {
    expect(rowsOf(ITEMS, 'none').map(({ id }) => id)).toEqual(paths(ITEMS));
  });
});

test('the values to choose from are those in use, the most used first', () => {
  expect(choices(ITEMS, 'tag')).toEqual([
    { value: 'ui', count: 2 },
    { value: 'api', count: 1 },
  ]);
  expect(choices(ITEMS, 'assignee')).toEqual([{ value: 'ada', count: 1 }]);
});

test('every filter but the words can be taken away alone', () => {
  expect(activeFilters(list({ query: 'x', tag: 'ui', stale: 30, sort: 'title' }))).toEqual([
    { name: 'tag', value: 'ui' },
    { name: 'stale', value: '30' },
  ]);
});
