// The only importer of diff: how one text differs from another.

import { createTwoFilesPatch } from 'diff';

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
