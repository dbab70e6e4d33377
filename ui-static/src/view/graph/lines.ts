// The lines of a graph as paths of SVG: one for each look, since a thousand elements of one line each
// would cost what a few with a thousand lines do not. Pure.

import type { GraphEdge } from '../../state/graph/build';
import { isOnCycle } from '../../state/graph/cycles';
import type { Layout } from '../../state/graph/layout';

export type Look = 'needs' | 'part' | 'own' | 'circle';

export interface Lines {
  look: Look;
  lines: string;
  /** Where they lead to. */
  arrows: string;
}

/** `current` is the node whose own lines stand out. */
export function linesOf(
  edges: readonly GraphEdge[],
  layout: Layout,
  circles: readonly string[][],
  current: string | null,
): Lines[] {
  const looks: Record<Look, { lines: string; arrows: string }> = {
    needs: { lines: '', arrows: '' },
    part: { lines: '', arrows: '' },
    own: { lines: '', arrows: '' },
    circle: { lines: '', arrows: '' },
  };
  for (const edge of edges) {
    const { from, to, kind } = edge;
    const isCircle = kind === 'needs' && isOnCycle(circles, from, to);
    const isOwn = kind === 'needs' && (from === current || to === current);
    const of = looks[isCircle ? 'circle' : isOwn ? 'own' : kind];
    const drawn = drawnEdge(edge, layout);
    of.lines += drawn.line;
    of.arrows += drawn.arrow;
  }
  return (Object.keys(looks) as Look[])
    .map((look) => ({ look, ...looks[look] }))
    .filter(({ lines }) => lines !== '');
}

function drawnEdge({ from, to }: GraphEdge, { places, measures }: Layout) {
  const start = places.get(from);
  const end = places.get(to);
  if (!start || !end) return { line: '', arrow: '' };
  const { width, height } = measures;
  const y1 = start.y + height / 2;
  const y2 = end.y + height / 2;
  const x1 = start.x + width;
  const x2 = end.x;
  if (from === to) return { line: `M${x1} ${y1}c36 0 36 ${-height} -12 ${-height / 2}`, arrow: '' };
  const arrow = `M${x2} ${y2}l-8 -4v8z`;
  if (x2 > x1) {
    const bend = Math.min(90, (x2 - x1) / 2);
    return { line: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`, arrow };
  }
  // Back, against the order: around the outside, so that it is not taken for one of the others.
  const under = Math.max(y1, y2) + 1.2 * height;
  return { line: `M${x1} ${y1}C${x1 + 60} ${under} ${x2 - 60} ${under} ${x2} ${y2}`, arrow };
}

/** The boxes of many nodes as one path, for a graph that is seen from far away. */
export function boxesOf(ids: Iterable<string>, { places, measures }: Layout): string {
  const { width, height } = measures;
  let path = '';
  for (const id of ids) {
    const place = places.get(id);
    if (place) path += `M${place.x} ${place.y}h${width}v${height}h${-width}z`;
  }
  return path;
}
