// What of a graph is drawn: the nodes that can be seen one by one, or, from far away, their boxes in
// the colours of their statuses. Pure.

import type { Graph, GraphEdge, GraphNode } from '../../state/graph/build';
import type { Layout } from '../../state/graph/layout';
import type { Status } from '../../state/spec-facts';
import type { Box } from './camera';
import { boxesOf } from './lines';

/** Nodes that are drawn one by one: a page of more elements grows slow. */
export const NODES_MAX = 120;

export interface Drawing {
  nodes: readonly GraphNode[];
  edges: readonly GraphEdge[];
  crowd: readonly { status: Status; path: string }[];
}

/** `kept` are drawn wherever they are, e.g. because one has the focus. */
export function drawingOf(
  graph: Graph,
  layout: Layout,
  view: Box,
  kept: ReadonlySet<string | null>,
): Drawing {
  const isNear = (id: string): boolean => {
    const place = layout.places.get(id);
    if (!place) return false;
    const { x, y } = place;
    return x >= view.x && x <= view.x + view.width && y >= view.y && y <= view.y + view.height;
  };
  const all = [...graph.nodes.values()];
  const near = all.filter(({ id }) => isNear(id));
  const edges = graph.edges.filter(({ from, to }) => isNear(from) || isNear(to));
  if (near.length <= NODES_MAX) {
    return { nodes: all.filter(({ id }) => kept.has(id) || isNear(id)), edges, crowd: [] };
  }
  const statuses = [...new Set(near.map(({ status }) => status))];
  const crowd = statuses.map((status) => {
    const ids = near.filter((node) => node.status === status).map(({ id }) => id);
    return { status, path: boxesOf(ids, layout) };
  });
  return { nodes: all.filter(({ id }) => kept.has(id)), edges, crowd };
}

/** Where a reader begins: at the upper left. */
export function firstOf({ places }: Layout): string | null {
  const at = (id: string) => (places.get(id)?.x ?? 0) + (places.get(id)?.y ?? 0);
  return [...places.keys()].reduce<string | null>(
    (best, id) => (best === null || at(id) < at(best) ? id : best),
    null,
  );
}
