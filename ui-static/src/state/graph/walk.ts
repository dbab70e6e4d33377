// Walking a graph by keys: right to what a spec needs, left to what needs it, up and down in its
// column. Pure.

import type { Graph } from './build';
import type { Layout } from './layout';

export type Direction = 'left' | 'right' | 'up' | 'down';

/** The node that an arrow leads to; null where there is none. */
export function stepFrom(
  graph: Graph,
  { places }: Layout,
  id: string,
  direction: Direction,
): string | null {
  const here = places.get(id);
  if (!here) return null;
  const ways =
    direction === 'right'
      ? graph.edges.filter(({ from }) => from === id).map(({ to }) => to)
      : direction === 'left'
        ? graph.edges.filter(({ to }) => to === id).map(({ from }) => from)
        : [...places.keys()].filter((other) => places.get(other)?.x === here.x);
  const reachable = ways.filter((other) => {
    const there = places.get(other);
    if (other === id || !there) return false;
    if (direction === 'up') return there.y < here.y;
    return direction === 'down' ? there.y > here.y : true;
  });
  const distance = (other: string) => Math.abs((places.get(other)?.y ?? 0) - here.y);
  return reachable.sort((left, right) => distance(left) - distance(right))[0] ?? null;
}
