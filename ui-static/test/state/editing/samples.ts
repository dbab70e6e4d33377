// Edits and commands for tests, with just what a test does not care about filled in.

import type { Edit } from '../../../src/state/editing/edit';
import type { Command } from '../../../src/wire/types';

export const FILE = '001-a/README.md';

/** An edit of the status that is on its way. */
export function edit(key: string, more: Partial<Edit> = {}): Edit {
  return {
    key,
    machine: 'm1',
    project: 'p1',
    spec: '001-a',
    file: FILE,
    change: { type: 'update_frontmatter', spec: '001-a', fields: { status: 'complete' } },
    force: false,
    seenHash: 'h0',
    body: null,
    command: null,
    phase: 'sending',
    message: '',
    mine: true,
    startedAt: 0,
    answerableSince: null,
    appliedAt: null,
    appliedOver: null,
    undoes: false,
    exact: false,
    ...more,
  };
}

export function command(id: string, state: Command['state'], more: Partial<Command> = {}): Command {
  return {
    id,
    machine: 'm1',
    project: 'p1',
    state,
    type: 'update_frontmatter',
    spec: '001-a',
    fields: { status: 'complete' },
    base: { hash: 'h0' },
    force: false,
    by: { key: 'k1', name: 'phone' },
    created_at: '2026-11-22T16:00:00.000Z',
    expires_at: '2026-11-29T16:00:00.000Z',
    ...more,
  };
}
