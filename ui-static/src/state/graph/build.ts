// The graph of a project: which spec needs which, and which is part of which. Pure.

import type { Spec } from '../../wire/types';
import { SpecNames } from '../relations';
import { type Status, statusOf } from '../spec-facts';

export interface GraphNode {
  /** Path of the spec; for one that is missing its name as written, after a `?`. */
  id: string;
  number: number | null;
  title: string;
  status: Status;
  /** Something names it, and nothing of that name is in the project. */
  missing: boolean;
}

export interface GraphEdge {
  /** The spec that says so. */
  from: string;
  /** What it needs, or what it is part of. */
  to: string;
  kind: 'needs' | 'part';
}

export interface Graph {
  nodes: ReadonlyMap<string, GraphNode>;
  edges: readonly GraphEdge[];
}

/** The graph of all specs that name another one, or are named. */
export function buildGraph(specs: readonly Spec[]): Graph {
  const names = new SpecNames(specs);
  const byPath = new Map(specs.map((spec) => [spec.path, spec]));
  const nodes = new Map<string, GraphNode>();
  const edges = new Map<string, GraphEdge>();
  const node = (id: string): void => {
    const spec = byPath.get(id);
    if (!nodes.has(id)) nodes.set(id, spec ? present(spec) : absent(id));
  };
  const edge = (from: string, name: string, kind: GraphEdge['kind']): void => {
    const to = names.find(bare(name))?.path ?? `?${name.trim()}`;
    node(from);
    node(to);
    // Two ways to say the same are one line.
    edges.set(`${kind} ${from} ${to}`, { from, to, kind });
  };
  for (const { path, summary } of specs) {
    for (const name of summary.depends_on ?? []) if (name.trim()) edge(path, name, 'needs');
    if (summary.parent?.trim()) edge(path, summary.parent, 'part');
  }
  return { nodes, edges: [...edges.values()] };
}

function present({ path, summary }: Spec): GraphNode {
  return {
    id: path,
    number: summary.number ?? null,
    title: summary.title || summary.name || path,
    status: statusOf(summary),
    missing: false,
  };
}

function absent(id: string): GraphNode {
  return { id, number: null, title: id.slice(1), status: 'other', missing: true };
}

/** A name without what some people write around it: a sign, the specs folder, the file. */
function bare(name: string): string {
  return name
    .trim()
    .replace(/^#/, '')
    .replace(/\/(README\.md)?$/, '');
}

/** What a graph looks like, without what its nodes say: another text of a title moves nothing. */
export function shapeOf({ nodes, edges }: Graph): string {
  return `${[...nodes.keys()].join('\n')}\n\n${edges.map(({ from, to }) => `${from}\n${to}`).join('\n')}`;
}

/** How many edges away each node is, up to so many; edges are followed both ways. */
export function distances(graph: Graph, from: string, hops: number): Map<string, number> {
  const beside = neighbours(graph);
  const found = new Map([[from, 0]]);
  let edge = [from];
  for (let hop = 1; hop <= hops; hop += 1) {
    edge = edge
      .flatMap((id) => beside.get(id) ?? [])
      .filter((id) => {
        if (found.has(id)) return false;
        found.set(id, hop);
        return true;
      });
  }
  return found;
}

/** What is at most so many edges away from a spec, with all edges between. */
export function neighbourhood(graph: Graph, from: string, hops: number): Graph {
  const near = distances(graph, from, hops);
  return {
    nodes: new Map([...graph.nodes].filter(([id]) => near.has(id))),
    edges: graph.edges.filter((edge) => near.has(edge.from) && near.has(edge.to)),
  };
}

function neighbours({ edges }: Graph): Map<string, string[]> {
  const beside = new Map<string, string[]>();
  const add = (id: string, other: string) => {
    const known = beside.get(id);
    if (known) known.push(other);
    else beside.set(id, [other]);
  };
  for (const { from, to } of edges) {
    add(from, to);
    add(to, from);
  }
  return beside;
}

/** The parts that hang together, the largest first. */
export function components(graph: Graph): string[][] {
  const seen = new Set<string>();
  const parts: string[][] = [];
  const beside = neighbours(graph);
  for (const id of graph.nodes.keys()) {
    if (seen.has(id)) continue;
    const part = [id];
    seen.add(id);
    for (let at = 0; at < part.length; at += 1) {
      for (const other of beside.get(part[at] ?? '') ?? []) {
        if (seen.has(other)) continue;
        seen.add(other);
        part.push(other);
      }
    }
    parts.push(part);
  }
  return parts.sort((left, right) => right.length - left.length);
}
