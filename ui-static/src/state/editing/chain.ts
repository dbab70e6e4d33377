// Edits of one file in a row: what each stands on, and when the page shows them. Pure.

import type { Base, Change } from '../../wire/types';
import { type Edit, isPending } from './edit';

export interface FilePlace {
  machine: string;
  project: string;
  /** Relative to the specs folder. */
  file: string | null;
}

export function isAt(edit: Edit, place: FilePlace): boolean {
  return (
    edit.file !== null &&
    edit.file === place.file &&
    edit.project === place.project &&
    edit.machine === place.machine
  );
}

/**
 * What an edit is to stand on: the last edit of the same file that is under way, so that two quick
 * taps do not conflict with each other, else the file as it was shown. `wait` while the one before
 * has no id yet; `stuck` when it did not reach the relay.
 */
export function baseOf(edit: Edit, all: readonly Edit[]): { base: Base | null } | 'wait' | 'stuck' {
  if (edit.change.type === 'create_spec') return { base: null };
  const before = all.slice(0, all.indexOf(edit)).filter((other) => isAt(other, edit));
  if (before.some(({ phase }) => phase === 'unsent')) return 'stuck';
  const last = edit.exact ? undefined : before.filter(isPending).at(-1);
  if (!last) return edit.seenHash === null ? 'stuck' : { base: { hash: edit.seenHash } };
  return last.command === null ? 'wait' : { base: { after: last.command.id } };
}

/**
 * The applied edits of one file that are shown once the page holds it with this hash. A hash that
 * none of them left is one of a later save, which stands on all of them.
 */
export function settledBy(edits: readonly Edit[], hash: string | null): readonly Edit[] {
  const applied = edits.filter(({ phase }) => phase === 'applied');
  const at = applied.findLastIndex((edit) => edit.command?.outcome?.hash === hash);
  if (at >= 0) return applied.slice(0, at + 1);
  return applied.filter(({ appliedOver }) => appliedOver !== hash);
}

/** What an edit is about; two that share a subject cannot both be wanted. */
export function subjectsOf(edit: Edit): readonly string[] {
  switch (edit.change.type) {
    case 'update_frontmatter':
      return Object.keys(edit.change.fields).map((field) => `field ${field}`);
    case 'toggle_task':
      return [`task ${edit.change.seen_line.replace(/\[[ xX]\]/, '[]')}`];
    case 'update_content':
      return ['text'];
    case 'create_spec':
      return [`spec ${edit.change.name}`];
  }
}

/** The edits of the same file and subject, which a newer one takes the place of. */
export function replacedBy(edit: Edit, all: readonly Edit[]): readonly Edit[] {
  const subjects = new Set(subjectsOf(edit));
  const same = edit.change.type === 'create_spec' ? isSameProject : isAt;
  return all.filter(
    (other) => same(other, edit) && subjectsOf(other).some((subject) => subjects.has(subject)),
  );
}

function isSameProject(edit: Edit, place: FilePlace): boolean {
  return edit.machine === place.machine && edit.project === place.project;
}

/** What was of a field before a command changed it; undefined when the command did not tell. */
export function changedFrom(changes: readonly Change[] | undefined, field: string): unknown {
  const change = changes?.find((other) => other.field === field);
  return change && (change.from ?? null);
}
