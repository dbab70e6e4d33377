// Where the nodes of a graph stand: in columns from what needs to what is needed, by longest path, and
// in each column by the middle of their neighbours. Pure.
//
// Own code instead of a library: on the graph of a real project (153 nodes, 202 edges) this takes
// milliseconds where dagre takes a second and elk two, and on 2,000 nodes tens of milliseconds where
// dagre takes a minute. So it runs where the graph is drawn, without a worker, and with every change.

import { components, type Graph } from './build';

export interface Place {
  x: number;
  y: number;
  /** Column, counted from 0 within its part of the graph. */
  column: number;
}

/** Sizes of what is drawn, in pixels of the graph's own plane. */
export interface Measures {
  width: number;
  height: number;
  gapX: number;
  gapY: number;
}

export interface Layout {
  measures: Measures;
  places: ReadonlyMap<string, Place>;
  width: number;
  height: number;
}

/** Room for a number and two lines of a title. */
export const WIDE: Measures = { width: 188, height: 46, gapX: 40, gapY: 14 };
/** Room for the number: in a large graph the titles would push everything out of sight. */
export const COMPACT: Measures = { width: 70, height: 28, gapX: 44, gapY: 8 };
/** Room between parts that do not hang together. */
const GAP_PART = 40;
/** More sweeps than this move nothing any more. */
const SWEEPS = 6;

export function layoutOf(graph: Graph, measures: Measures = WIDE): Layout {
  const parts = components(graph).map((ids) => laidOut(ids, graph));
  return packed(parts, measures);
}

interface Part {
  columns: string[][];
  /** Upper edge of each node, in rows. */
  rows: Map<string, number>;
  /** Lower edge of the lowest, in rows. */
  height: number;
}

function laidOut(ids: readonly string[], graph: Graph): Part {
  const within = new Set(ids);
  const out = new Map<string, string[]>(ids.map((id) => [id, []]));
  const into = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const { from, to } of graph.edges) {
    if (!within.has(from) || from === to) continue;
    out.get(from)?.push(to);
    into.get(to)?.push(from);
  }
  const column = columnsOf(ids, out, into);
  const columns: string[][] = [];
  for (const id of ids) (columns[column.get(id) ?? 0] ??= []).push(id);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const forth = sweep % 2 === 0;
    arrange(forth ? columns : [...columns].reverse(), forth ? into : out);
  }
  return standing(columns, into, out);
}

/** The longest way from a node that nothing needs. Edges that close a circle are left out. */
function columnsOf(
  ids: readonly string[],
  out: ReadonlyMap<string, readonly string[]>,
  into: ReadonlyMap<string, readonly string[]>,
): Map<string, number> {
  const order = withoutReturns(ids, out, into);
  const place = new Map(order.map((id, index) => [id, index]));
  const column = new Map<string, number>();
  for (const id of order) {
    const at = place.get(id) ?? 0;
    const before = (into.get(id) ?? []).filter((other) => (place.get(other) ?? 0) < at);
    column.set(id, Math.max(0, ...before.map((other) => (column.get(other) ?? 0) + 1)));
  }
  // What nothing needs stands right before the first thing that it needs, not at the far edge.
  for (const id of [...order].reverse()) {
    const own = column.get(id) ?? 0;
    const after = (out.get(id) ?? []).map((to) => column.get(to) ?? 0).filter((to) => to > own);
    const isSource = (into.get(id) ?? []).length === 0;
    if (isSource && after.length > 0) column.set(id, Math.min(...after) - 1);
  }
  return column;
}

/** Every node after those that need it, as far as circles allow (reversed depth first search). */
function withoutReturns(
  ids: readonly string[],
  out: ReadonlyMap<string, readonly string[]>,
  into: ReadonlyMap<string, readonly string[]>,
): string[] {
  const seen = new Set<string>();
  const done: string[] = [];
  const roots = [...ids].sort((a, b) => (into.get(a)?.length ?? 0) - (into.get(b)?.length ?? 0));
  for (const root of roots) {
    if (seen.has(root)) continue;
    seen.add(root);
    const path = [{ id: root, at: 0 }];
    for (let step = path.at(-1); step; step = path.at(-1)) {
      const other = out.get(step.id)?.[step.at];
      step.at += 1;
      if (other === undefined) {
        done.push(step.id);
        path.pop();
      } else if (!seen.has(other)) {
        seen.add(other);
        path.push({ id: other, at: 0 });
      }
    }
  }
  return done.reverse();
}

/** Sorts each column by the middle of its nodes' neighbours in the columns before it. */
function arrange(
  columns: readonly string[][],
  beside: ReadonlyMap<string, readonly string[]>,
): void {
  const at = new Map<string, number>();
  for (const column of columns) {
    column.forEach((id, index) => at.set(id, index / Math.max(1, column.length)));
  }
  for (const column of columns) {
    const wanted = new Map(
      column.map((id) => [id, middle(beside.get(id) ?? [], at) ?? at.get(id) ?? 0]),
    );
    column.sort((left, right) => (wanted.get(left) ?? 0) - (wanted.get(right) ?? 0));
    column.forEach((id, index) => at.set(id, index / Math.max(1, column.length)));
  }
}

function middle(ids: readonly string[], at: ReadonlyMap<string, number>): number | null {
  if (ids.length === 0) return null;
  return ids.reduce((sum, id) => sum + (at.get(id) ?? 0), 0) / ids.length;
}

/** Gives each node its row: near its neighbours, and none on another. */
function standing(
  columns: readonly string[][],
  into: ReadonlyMap<string, readonly string[]>,
  out: ReadonlyMap<string, readonly string[]>,
): Part {
  const tallest = Math.max(...columns.map((column) => column.length));
  const rows = new Map<string, number>();
  for (const column of columns) {
    const free = (tallest - column.length) / 2;
    column.forEach((id, index) => rows.set(id, free + index));
  }
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const beside = sweep % 2 === 0 ? into : out;
    for (const column of sweep % 2 === 0 ? columns : [...columns].reverse()) {
      let least = -Infinity;
      for (const id of column) {
        const wanted = middle(beside.get(id) ?? [], rows) ?? rows.get(id) ?? 0;
        const row = Math.max(least + 1, wanted);
        rows.set(id, row);
        least = row;
      }
    }
  }
  const close = withoutEmptyRows(rows);
  const height = Math.max(...close.values()) + 1;
  return { columns: [...columns], rows: close, height };
}

/** Being near to one's neighbours pulls parts away from each other; rows that no column uses say nothing. */
function withoutEmptyRows(rows: ReadonlyMap<string, number>): Map<string, number> {
  const sorted = [...rows].sort(([, left], [, right]) => left - right);
  let end = sorted[0]?.[1] ?? 0;
  let empty = end;
  return new Map(
    sorted.map(([id, row]) => {
      empty += Math.max(0, row - end);
      end = Math.max(end, row + 1);
      return [id, row - empty];
    }),
  );
}

/** Puts the parts beside and below each other, the largest first, into a room about as wide as high. */
function packed(parts: readonly Part[], measures: Measures): Layout {
  const { width: nodeWidth, height: nodeHeight, gapX, gapY } = measures;
  const widthOf = ({ columns }: Part) => columns.length * (nodeWidth + gapX) - gapX;
  const heightOf = ({ height }: Part) => height * (nodeHeight + gapY) - gapY;
  const places = new Map<string, Place>();
  const area = parts.reduce(
    (sum, part) => sum + (widthOf(part) + gapX) * (heightOf(part) + GAP_PART),
    0,
  );
  const room = Math.max(Math.sqrt(area * 1.3), ...parts.map(widthOf));
  let left = 0;
  let top = 0;
  let tallest = 0;
  let width = 0;
  for (const part of parts) {
    const own = widthOf(part);
    if (left > 0 && left + own > room) {
      left = 0;
      top += tallest + GAP_PART;
      tallest = 0;
    }
    part.columns.forEach((ids, column) => {
      for (const id of ids) {
        const x = left + column * (nodeWidth + gapX);
        const y = top + (part.rows.get(id) ?? 0) * (nodeHeight + gapY);
        places.set(id, { x, y, column });
      }
    });
    width = Math.max(width, left + own);
    left += own + gapX;
    tallest = Math.max(tallest, heightOf(part));
  }
  return { measures, places, width, height: top + tallest };
}
