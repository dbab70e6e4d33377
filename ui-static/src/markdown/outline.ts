// What a document consists of, for the page around it: its headings and its links. Pure.

import { textOf, type Tree } from './tree';

export interface HeadingLine {
  /** Id of its element in the page. */
  id: string;
  text: string;
  /** 0 for the outermost that occur, at most 2. */
  depth: number;
}

/** More than this is no help in finding a place. */
const HEADINGS_MAX = 300;
const DEPTH_MAX = 2;

/** The headings of a document in order; those nested deeper than two levels are left out. */
export function headingsOf(blocks: readonly Tree[]): HeadingLine[] {
  const found = blocks.flatMap((block) => {
    if (typeof block === 'string') return [];
    const level = /^h([1-6])$/.exec(block.tag)?.[1];
    const id = block.attributes?.['id'];
    const text = textOf(block).trim();
    return level === undefined || id === undefined || text === ''
      ? []
      : // The page shows the first two levels alike.
        [{ id, text, level: Math.max(2, Number(level)) }];
  });
  const top = Math.min(...found.map(({ level }) => level));
  return found
    .map(({ id, text, level }) => ({ id, text, depth: level - top }))
    .filter(({ depth }) => depth <= DEPTH_MAX)
    .slice(0, HEADINGS_MAX);
}

/** The ids of all headings, however deep. */
export function headingIds(trees: readonly Tree[]): string[] {
  return trees.flatMap((tree) => {
    if (typeof tree === 'string') return [];
    const id = /^h[1-6]$/.test(tree.tag) ? tree.attributes?.['id'] : undefined;
    return [...(id === undefined ? [] : [id]), ...headingIds(tree.children ?? [])];
  });
}

/** The links and images of a document in order, with their lines in the file, counted from 1. */
export function linksOf(trees: readonly Tree[]): { href: string; line: number | null }[] {
  return trees.flatMap((tree) => {
    if (typeof tree === 'string') return [];
    const { href, src, line } = tree.attributes ?? {};
    const target = tree.tag === 'a' ? href : tree.tag === 'img' ? src : undefined;
    const own = target === undefined ? [] : [{ href: target, line: line ? Number(line) : null }];
    return [...own, ...linksOf(tree.children ?? [])];
  });
}
