import { describe, expect, test } from 'vitest';

import { buildGraph, components, distances, neighbourhood } from '../../../src/state/graph/build';
import { cycles, isOnCycle } from '../../../src/state/graph/cycles';
import { layoutOf, WIDE } from '../../../src/state/graph/layout';
import { stepFrom } from '../../../src/state/graph/walk';
import type { Spec } from '../../../src/wire/types';
import { spec } from '../samples';

/** Specs out of `'003 needs 001 002'` and `'004 part 001'`. */
function specs(...lines: string[]): Spec[] {
  return lines.map((line) => {
    const [number = '', kind, ...names] = line.split(' ');
    const more =
      kind === 'needs' ? { depends_on: names } : kind === 'part' ? { parent: names[0]! } : {};
    return spec(`${number}-x`, { number: Number(number), title: number, ...more });
  });
}
const chain = (count: number) =>
  Array.from({ length: count }, (_, n) => {
    const number = String(n + 1).padStart(4, '0');
    return n === 0 ? number : `${number} needs ${n}`;
  });

describe('the graph', () => {
  test.each([
    ['a folder name', '001-x'],
    ['a number', '1'],
    ['a padded number', '001'],
    ['a number with its sign', '#1'],
    ['a path', 'specs/001-x/'],
    ['a file', '001-x/README.md'],
  ])('finds a spec by %s', (_, name) => {
    const { edges } = buildGraph(specs('001', `002 needs ${name}`));
    expect(edges).toEqual([{ from: '002-x', to: '001-x', kind: 'needs' }]);
  });

  test('shows what is missing under the name that asks for it', () => {
    const { nodes } = buildGraph(specs('001 needs 099-gone'));
    expect(nodes.get('?099-gone')).toMatchObject({ missing: true, title: '099-gone' });
  });

  test('leaves out what has no relation, and says the same line once', () => {
    const graph = buildGraph(specs('001', '002 needs 001 001-x', '003'));
    expect([...graph.nodes.keys()]).toEqual(['002-x', '001-x']);
    expect(graph.edges).toHaveLength(1);
  });

  test('is cut two steps around a spec, both ways', () => {
    const graph = buildGraph(specs(...chain(7)));
    const near = neighbourhood(graph, '0004-x', 2);
    expect([...near.nodes.keys()].sort()).toEqual([
      '0002-x',
      '0003-x',
      '0004-x',
      '0005-x',
      '0006-x',
    ]);
    expect(near.edges).toHaveLength(4);
    expect(distances(graph, '0004-x', 9).get('0001-x')).toBe(3);
  });

  test('falls into the parts that hang together', () => {
    const graph = buildGraph(specs('001 needs 002', '002', '003 part 004', '004', '005 needs 004'));
    expect(components(graph).map(({ length }) => length)).toEqual([3, 2]);
  });
});

describe('circles', () => {
  test.each([
    ['none', ['001', '002 needs 001', '003 needs 001 002'], []],
    ['two specs', ['001 needs 004', '004 needs 001'], [['001-x', '004-x']]],
    ['itself', ['001 needs 001'], [['001-x']]],
    [
      'three, from the first by name',
      ['003 needs 001', '001 needs 002', '002 needs 003'],
      [['001-x', '002-x', '003-x']],
    ],
    [
      'the shortest of those that share specs',
      ['001 needs 002 003', '002 needs 001', '003 needs 002'],
      [['001-x', '002-x']],
    ],
    ['being part of each other is none', ['001 part 002', '002 part 001'], []],
  ])('%s', (_, lines, found) => {
    expect(cycles(buildGraph(specs(...lines)))).toEqual(found);
  });

  test('an edge is on one when it leads along it', () => {
    const circles = [['a', 'b', 'c']];
    expect(isOnCycle(circles, 'c', 'a')).toBe(true);
    expect(isOnCycle(circles, 'a', 'c')).toBe(false);
  });

  test('a chain of five thousand overflows nothing', () => {
    expect(cycles(buildGraph(specs(...chain(5000))))).toEqual([]);
  });
});

describe('the layout', () => {
  test('what is needed stands to the right of all that need it', () => {
    const graph = buildGraph(specs('001', '002 needs 001', '003 needs 002 001', '004 needs 003'));
    const { places } = layoutOf(graph);
    for (const { from, to } of graph.edges) {
      expect(places.get(from)!.x).toBeLessThan(places.get(to)!.x);
    }
  });

  test('a circle is laid out too', () => {
    const { places } = layoutOf(
      buildGraph(specs('001 needs 002', '002 needs 003', '003 needs 001')),
    );
    expect(places.size).toBe(3);
  });

  test('has no row that no column uses', () => {
    const { places, height } = layoutOf(
      buildGraph(
        specs(
          '001',
          '002 needs 001',
          '003 needs 001',
          '004 needs 001',
          '005 needs 001',
          '006 needs 005 009',
          '007 needs 009',
          '008 needs 002',
          '009',
        ),
      ),
    );
    const tops = [...places.values()].map(({ y }) => y).sort((left, right) => left - right);
    const gaps = tops.slice(1).map((y, index) => y - (tops[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(WIDE.height + WIDE.gapY);
    expect(height).toBe((tops.at(-1) ?? 0) + WIDE.height);
  });

  test('of nothing is nothing', () => {
    expect(layoutOf(buildGraph([]))).toMatchObject({ width: 0, height: 0 });
  });

  test('no two of two thousand nodes stand on each other', () => {
    const lines = Array.from({ length: 2000 }, (_, n) => {
      const number = String(n + 1).padStart(4, '0');
      // Every node needs one or two of the nodes before it, as chance would have it.
      return n === 0 ? number : `${number} needs ${((n * 7919) % n) + 1} ${((n * 104729) % n) + 1}`;
    });
    const { places } = layoutOf(buildGraph(specs(...lines)));
    const columns = new Map<number, number[]>();
    for (const { x, y } of places.values()) columns.set(x, [...(columns.get(x) ?? []), y]);
    for (const ys of columns.values()) {
      const sorted = ys.sort((left, right) => left - right);
      const gaps = sorted.slice(1).map((y, index) => y - (sorted[index] ?? 0));
      expect(Math.min(Infinity, ...gaps)).toBeGreaterThanOrEqual(WIDE.height);
    }
    expect(places.size).toBe(2000);
  });
});

describe('walking', () => {
  const graph = buildGraph(specs('001', '002 needs 001', '003 needs 001'));
  const layout = layoutOf(graph);

  test.each([
    ['002-x', 'right', '001-x'],
    ['001-x', 'right', null],
    ['002-x', 'left', null],
    ['002-x', 'up', null],
    ['no such', 'up', null],
  ] as const)('from %s to the %s is %s', (from, direction, to) => {
    expect(stepFrom(graph, layout, from, direction)).toBe(to);
  });

  test('up and down stay in the column', () => {
    const [upper, lower] = ['002-x', '003-x'].sort(
      (left, right) => layout.places.get(left)!.y - layout.places.get(right)!.y,
    );
    expect(stepFrom(graph, layout, upper!, 'down')).toBe(lower);
    expect(stepFrom(graph, layout, lower!, 'up')).toBe(upper);
  });
});
