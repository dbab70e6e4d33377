import { expect, test } from 'vitest';

import { inverse } from '../../../src/state/editing/undo';
import type { Edit as Change } from '../../../src/wire/types';
import { command, edit } from './samples';

const sets = (fields: Record<string, unknown>, seen?: Record<string, unknown>): Change => ({
  type: 'update_frontmatter',
  spec: '001-a',
  fields,
  ...(seen ? { seen } : {}),
});
const done = (change: Change, changes?: { field: string; from?: unknown; to?: unknown }[]) =>
  edit('e', {
    change,
    phase: 'confirmed',
    command: command('c1', 'applied', changes ? { outcome: { changes } } : {}),
  });

test('a field goes back to what the machine says it was, not to what was seen', () => {
  const changes = [
    { field: 'status', from: 'planned', to: 'complete' },
    { field: 'updated_at', from: 'x', to: 'y' },
  ];
  expect(inverse(done(sets({ status: 'complete' }, { status: 'draft' }), changes), null)).toEqual(
    sets({ status: 'planned' }, { status: 'complete' }),
  );
});

test('a field that was absent is removed again', () => {
  const changes = [{ field: 'assignee', to: 'ada' }];
  const seen = { assignee: 'someone' };
  expect(inverse(done(sets({ assignee: 'ada' }, seen), changes), null)).toEqual(
    sets({ assignee: null }, { assignee: 'ada' }),
  );
});

test('without the machine’s word, what was seen counts; without either, nothing is offered', () => {
  expect(inverse(done(sets({ status: 'complete' }, { status: 'planned' })), null)).toEqual(
    sets({ status: 'planned' }, { status: 'complete' }),
  );
  expect(inverse(done(sets({ status: 'complete' })), null)).toBeNull();
});

test('a tick is cleared on the line as it stands now', () => {
  const tick: Change = {
    type: 'toggle_task',
    spec: '001-a',
    file: '001-a/README.md',
    line: 4,
    seen_line: '- [ ] a',
    checked: true,
  };
  expect(inverse(done(tick), null)).toEqual({ ...tick, seen_line: '- [x] a', checked: false });
});

test('a text goes back only where the page still has the one before', () => {
  const write: Change = { type: 'update_content', spec: '001-a', content: 'new' };
  expect(inverse(done(write), null)).toBeNull();
  expect(inverse(done(write), 'old')).toEqual({ ...write, content: 'old' });
});

test('a new spec stays', () => {
  expect(inverse(done({ type: 'create_spec', name: 'b' }), null)).toBeNull();
});
