// How an edit begins.

import type { Edit as Change } from '../../wire/types';
import type { Edit } from './edit';

/** What is made of a tap. */
export interface Wish {
  machine: string;
  project: string;
  change: Change;
  /** Hash of the file as it was shown. */
  seenHash: string | null;
  force?: boolean;
  undoes?: boolean;
  exact?: boolean;
  /** The text that a changed text replaces, for taking it back. */
  textBefore?: string;
}

/** An edit at its very beginning. */
export function fresh(key: string, wish: Wish): Edit {
  const { machine, project, change, seenHash } = wish;
  return {
    machine,
    project,
    change,
    seenHash,
    force: wish.force ?? false,
    undoes: wish.undoes ?? false,
    exact: wish.exact ?? false,
    key,
    spec: change.type === 'create_spec' ? null : (change.spec ?? null),
    file: null,
    body: null,
    command: null,
    phase: 'sending',
    message: '',
    mine: true,
    startedAt: Date.now(),
    answerableSince: null,
    appliedAt: null,
    appliedOver: null,
  };
}

/** A key that nobody else mints. `randomUUID` is missing on a page that came by http. */
export function mintKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
