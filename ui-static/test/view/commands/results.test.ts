import { describe, expect, test } from 'vitest';

import type { Action } from '../../../src/view/commands/actions.svelte';
import { results } from '../../../src/view/commands/results';

const action = (id: string, kind: Action['kind'], label: string): Action => ({
  id,
  kind,
  label,
  run: () => undefined,
});
const ALL = [
  action('board', 'do', 'Go to the board'),
  action('dark', 'set', 'Theme: Dark'),
  action('a', 'spec', '042 Dark mode for the board'),
  action('b', 'spec', '043 Full-text search'),
];
const shown = (lately: string[], query: string) =>
  results(ALL, lately, query).map(({ kind, items }) => [kind, items.map(({ id }) => id)]);

describe('the palette', () => {
  test('offers what can be done before anything was typed, and no specs', () => {
    expect(shown([], '')).toEqual([
      ['do', ['board']],
      ['set', ['dark']],
    ]);
  });

  test('puts what was chosen last first, and shows nothing twice', () => {
    expect(shown(['b', 'dark', 'gone'], '')).toEqual([
      ['recent', ['b', 'dark']],
      ['do', ['board']],
    ]);
    expect(shown(['a'], 'board')).toEqual([
      ['recent', ['a']],
      ['do', ['board']],
    ]);
  });

  test('puts what other projects hold after all else, in the order in which it came', () => {
    const far = [
      [action('y', 'far', '007 Dark water'), action('x', 'far', '001 A dark board')],
      [action('z', 'far', '009 Dark mode')],
    ];
    const kinds = (found: Action[][], query: string) =>
      results(ALL, ['z'], query, found).map(({ kind, items }) => [kind, items.map(({ id }) => id)]);
    const near = kinds([], 'dark');
    expect(kinds(far.slice(0, 1), 'dark')).toEqual([...near, ['far', ['y', 'x']]]);
    expect(kinds(far, 'dark')).toEqual([...near, ['far', ['y', 'x', 'z']]]);
    expect(kinds(far, '')).toEqual(kinds([], ''));
  });

  test('finds specs by what was typed, and of the recent ones only those that match', () => {
    expect(shown(['b', 'board'], 'dark')).toEqual([
      ['spec', ['a']],
      ['set', ['dark']],
    ]);
  });
});
