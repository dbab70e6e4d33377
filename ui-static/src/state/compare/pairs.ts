// The rows of a difference side by side: what was removed beside what came in its place. Pure.

import type { DiffRow } from '../editing/diff';

/** A piece of a line; marked where the other side reads otherwise. */
export interface Piece {
  text: string;
  marked: boolean;
}

export interface Line {
  /** Number in the file, counted from 1. */
  number: number;
  pieces: readonly Piece[];
}

export type PairRow =
  { kind: 'gap'; text: string } | { kind: 'same' | 'apart'; left: Line | null; right: Line | null };

/** How two lines differ by words; null where they have too little in common to be one line. */
export type WordMarks = (left: string, right: string) => { left: Piece[]; right: Piece[] } | null;

export function pairUp(rows: readonly DiffRow[], words: WordMarks): PairRow[] {
  const pairs: PairRow[] = [];
  let removed: Line[] = [];
  let added: Line[] = [];
  const flush = () => {
    for (let index = 0; index < Math.max(removed.length, added.length); index += 1) {
      pairs.push(apart(removed[index] ?? null, added[index] ?? null, words));
    }
    removed = [];
    added = [];
  };
  for (const row of rows) {
    if (row.kind === 'removed') removed.push(line(row.text, row.old));
    else if (row.kind === 'added') added.push(line(row.text, row.new));
    else {
      flush();
      if (row.kind === 'gap') pairs.push(row);
      else
        pairs.push({ kind: 'same', left: line(row.text, row.old), right: line(row.text, row.new) });
    }
  }
  flush();
  return pairs;
}

function line(text: string, number: number | null): Line {
  return { number: number ?? 0, pieces: [{ text, marked: false }] };
}

function apart(left: Line | null, right: Line | null, words: WordMarks): PairRow {
  const marks = left && right ? words(textOf(left), textOf(right)) : null;
  if (!left || !right || !marks) return { kind: 'apart', left, right };
  return {
    kind: 'apart',
    left: { ...left, pieces: marks.left },
    right: { ...right, pieces: marks.right },
  };
}

function textOf({ pieces }: Line): string {
  return pieces.map(({ text }) => text).join('');
}

/** Without the rows of the first lines of each side: a frontmatter that is compared as fields. */
export function below(rows: readonly PairRow[], above: { left: number; right: number }): PairRow[] {
  const kept = rows.filter(
    (row) =>
      row.kind === 'gap' ||
      (row.left?.number ?? 0) > above.left ||
      (row.right?.number ?? 0) > above.right,
  );
  // What is left of a part that was all frontmatter is the word of where it began.
  return kept.filter((row, at) => {
    const next = kept[at + 1];
    const isEnd = next === undefined && at > 0 && kept[at - 1]?.kind !== 'gap';
    return row.kind !== 'gap' || isEnd || (next !== undefined && next.kind !== 'gap');
  });
}
