// The headings of a document, for its table of contents. Pure.

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
