// Circles in what needs what: none of their specs can be done first. Pure.

import type { Graph } from './build';

/** How many circles are named; a project with more has other worries. */
const NAMED_MAX = 20;

/**
 * Each circle as the specs along it, from the one that comes first by name, without the return to
 * it. Of circles that share specs the shortest through the first one is named.
 */
export function cycles({ nodes, edges }: Graph): string[][] {
  const next = new Map<string, string[]>();
  for (const { from, to, kind } of edges) {
    if (kind === 'needs') next.set(from, [...(next.get(from) ?? []), to]);
  }
  const found: string[][] = [];
  for (const knot of knots([...nodes.keys()], next)) {
    const start = [...knot].sort()[0] ?? '';
    const isCircle = knot.length > 1 || next.get(start)?.includes(start);
    if (isCircle) found.push(shortestWayRound(start, new Set(knot), next));
    if (found.length === NAMED_MAX) break;
  }
  return found;
}

/** Whether an edge is part of one of these circles. */
export function isOnCycle(circles: readonly string[][], from: string, to: string): boolean {
  return circles.some((circle) => {
    const at = circle.indexOf(from);
    return at >= 0 && circle[(at + 1) % circle.length] === to;
  });
}

/** Tarjan's strongly connected components, with a stack of its own: a chain may be long. */
function knots(ids: readonly string[], next: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const found: string[][] = [];
  const enter = (id: string) => {
    index.set(id, index.size);
    low.set(id, index.size - 1);
    open.push(id);
    isOpen.add(id);
  };
  const lower = (id: string, to: number | undefined) =>
    low.set(id, Math.min(low.get(id) ?? 0, to ?? Infinity));
  for (const root of ids) {
    if (index.has(root)) continue;
    enter(root);
    const path = [{ id: root, at: 0 }];
    for (let step = path.at(-1); step; step = path.at(-1)) {
      const other = next.get(step.id)?.[step.at];
      step.at += 1;
      if (other === undefined) {
        path.pop();
        const above = path.at(-1);
        if (above) lower(above.id, low.get(step.id));
        if (low.get(step.id) !== index.get(step.id)) continue;
        const knot = open.splice(open.lastIndexOf(step.id));
        for (const id of knot) isOpen.delete(id);
        found.push(knot);
      } else if (!index.has(other)) {
        enter(other);
        path.push({ id: other, at: 0 });
      } else if (isOpen.has(other)) lower(step.id, index.get(other));
    }
  }
  return found;
}

function shortestWayRound(
  start: string,
  within: ReadonlySet<string>,
  next: ReadonlyMap<string, readonly string[]>,
): string[] {
  const before = new Map<string, string>();
  const queue = [start];
  for (const id of queue) {
    for (const other of next.get(id) ?? []) {
      if (other === start) return wayTo(id, start, before);
      if (!within.has(other) || before.has(other)) continue;
      before.set(other, id);
      queue.push(other);
    }
  }
  return [start];
}

function wayTo(end: string, start: string, before: ReadonlyMap<string, string>): string[] {
  const way = [end];
  for (let id = end; id !== start;) {
    id = before.get(id) ?? start;
    way.unshift(id);
  }
  return way;
}
