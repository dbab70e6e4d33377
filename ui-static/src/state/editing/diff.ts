// A unified diff as rows to show. Pure. It comes from a machine and holds a file's text: it is data
// to be shown as text, never as anything else.

import { sheetWords } from '../../words/sheets';

export type DiffRow =
  /** The place of what follows: the lines that are left out before it. */
  | { kind: 'gap'; text: string }
  | { kind: 'same' | 'added' | 'removed'; text: string; old: number | null; new: number | null };

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@ ?(.*)$/;

/** Rows beyond this are not worth reading one by one. */
export const ROWS_MAX = 2000;

/** The rows of a diff; names of files are left out, for only one file is ever compared. */
export function parseDiff(diff: string): DiffRow[] {
  const rows: DiffRow[] = [];
  let old = 0;
  let now = 0;
  let inHunk = false;
  const lines = diff.split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (const ended of lines) {
    const line = ended.replace(/\r$/, '');
    if (rows.length >= ROWS_MAX) {
      rows.push({ kind: 'gap', text: sheetWords().diff.rest });
      break;
    }
    const hunk = HUNK.exec(line);
    if (hunk) {
      old = Number(hunk[1]);
      now = Number(hunk[2]);
      rows.push({
        kind: 'gap',
        text: hunk[3] ? sheetWords().diff.lineAt(now, hunk[3]) : sheetWords().diff.line(now),
      });
      inHunk = true;
      continue;
    }
    if (!inHunk || line.startsWith('\\')) continue;
    const text = line.slice(1);
    if (line.startsWith('+')) rows.push({ kind: 'added', text, old: null, new: now++ });
    else if (line.startsWith('-')) rows.push({ kind: 'removed', text, old: old++, new: null });
    else rows.push({ kind: 'same', text, old: old++, new: now++ });
  }
  return rows;
}
