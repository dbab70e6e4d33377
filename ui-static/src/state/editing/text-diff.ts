// The only importer of diff: how one text differs from another.

import { createTwoFilesPatch, diffWordsWithSpace } from 'diff';

import type { Piece } from '../compare/pairs';
import { type DiffRow, parseDiff } from './diff';

/** Lines shown around a difference. */
const CONTEXT_LINES = 3;
/** Two texts that take longer to compare are said to differ, and no more. */
const TIMEOUT_MS = 500;

/** The rows in which two texts differ; null when comparing them takes too long. */
export function rowsBetween(old: string, now: string): DiffRow[] | null {
  const options = { context: CONTEXT_LINES, timeout: TIMEOUT_MS };
  const patch = createTwoFilesPatch('a', 'b', old, now, undefined, undefined, options);
  return patch === undefined ? null : parseDiff(patch);
}

/** Lines longer than this are not compared by words, in characters. */
const WORDS_MAX_CHARS = 2000;
/** Two lines of which less than this part is the same are two lines, and not one that changed. */
const ALIKE_MIN = 0.3;

/** How two lines differ by words; null where they are not alike enough for that to be read. */
export function wordMarks(left: string, right: string): { left: Piece[]; right: Piece[] } | null {
  if (left.length > WORDS_MAX_CHARS || right.length > WORDS_MAX_CHARS) return null;
  const parts = diffWordsWithSpace(left, right);
  const same = parts
    .filter(({ added, removed }) => !added && !removed)
    .reduce((sum, { value }) => sum + value.trim().length, 0);
  const longer = Math.max(left.trim().length, right.trim().length);
  if (longer === 0 || same / longer < ALIKE_MIN) return null;
  return {
    left: parts
      .filter(({ added }) => !added)
      .map(({ value, removed }) => ({ text: value, marked: removed })),
    right: parts
      .filter(({ removed }) => !removed)
      .map(({ value, added }) => ({ text: value, marked: added })),
  };
}
