// What the page shows while edits are under way: the file as the relay holds it, with them applied.
// Pure.

import type { Fields, Summary } from '../../wire/types';
import type { Edit } from './edit';

/** The fields of the frontmatter that edits under way set, the later over the earlier. */
export function pendingFields(edits: readonly Edit[]): Fields {
  const fields: Fields = {};
  for (const { change } of edits) {
    if (change.type === 'update_frontmatter') Object.assign(fields, change.fields);
  }
  return fields;
}

/** A summary as the edits leave it. */
export function overlaid(summary: Summary, edits: readonly Edit[]): Summary {
  const fields = pendingFields(edits);
  return Object.keys(fields).length === 0 ? summary : ({ ...summary, ...fields } as Summary);
}

/** A text as the edits leave it. */
export function overlaidText(text: string, edits: readonly Edit[]): string {
  let shown = text;
  for (const { change } of edits) {
    // The text of a command made elsewhere does not travel in events.
    if (change.type === 'update_content') shown = change.content ?? shown;
    else if (change.type === 'toggle_task') {
      shown = toggled(shown, change.line, change.seen_line, change.checked);
    }
  }
  return shown;
}

/** LeanSpec's task boxes: other bullets are none. */
const BOX = /^(\s*- \[)[ xX](\])/;

/** A task line with its box ticked or cleared; null when the line has no box. */
export function withBox(line: string, checked: boolean): string | null {
  return BOX.test(line) ? line.replace(BOX, `$1${checked ? 'x' : ' '}$2`) : null;
}

/** Where a line stands that may have moved since: then the only one that reads the same is meant. */
function find(lines: readonly string[], line: number, seen: string): number {
  const isIt = (index: number) => lines[index]?.replace(/\r$/, '') === seen;
  if (isIt(line - 1)) return line - 1;
  const alike = [...lines.keys()].filter(isIt);
  return alike.length === 1 ? (alike[0] ?? -1) : -1;
}

/** The lines of tasks that these edits are about, in the text that is shown, counted from 1. */
export function taskLines(text: string, edits: readonly Edit[]): number[] {
  const lines = text.split('\n');
  return edits.flatMap(({ change }) => {
    if (change.type !== 'toggle_task') return [];
    const made = withBox(change.seen_line, change.checked) ?? '';
    const found = [made, change.seen_line].map((seen) => find(lines, change.line, seen));
    return found
      .filter((index) => index >= 0)
      .map((index) => index + 1)
      .slice(0, 1);
  });
}

function toggled(text: string, line: number, seen: string, checked: boolean): string {
  const lines = text.split('\n');
  const at = find(lines, line, seen);
  const old = lines[at];
  const made = old === undefined ? null : withBox(old, checked);
  if (made === null) return text;
  lines[at] = made;
  return lines.join('\n');
}

/**
 * The line of a file that a task box stands on, counted from 1, and what it says. `line` counts as
 * the Markdown parser does, to which a lone carriage return ends a line too.
 */
export function taskAt(text: string, line: number): { line: number; seen: string } | null {
  const starts = /\r\n|\r|\n/g;
  let offset = 0;
  for (let passed = 1; passed < line; passed += 1) {
    if (!starts.exec(text)) return null;
    offset = starts.lastIndex;
  }
  const before = text.slice(0, offset);
  const begin = before.lastIndexOf('\n') + 1;
  const end = text.indexOf('\n', begin);
  const seen = text.slice(begin, end < 0 ? undefined : end).replace(/\r$/, '');
  if (withBox(seen, true) === null) return null;
  return { line: before.split('\n').length, seen };
}
