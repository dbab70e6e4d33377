import { expect, test } from 'vitest';

import { diskLink } from '../../src/state/machine-links';
import type { Project } from '../../src/wire/types';
import { project } from './samples';

const one = (id: string, state: string, skipped = 0) =>
  project(id, {
    state,
    skipped: Array.from({ length: skipped }, () => ({ path: 'a', reason: 'binary' })),
  }) as Project;

test.each([
  ['no project', [], 'none', []],
  ['all well', [one('a', 'live'), one('b', 'live')], 'live', ['a', 'b']],
  ['one still reads', [one('a', 'live'), one('b', 'indexing')], 'indexing', ['b']],
  [
    'one halted is worse than one that reads',
    [one('a', 'indexing'), one('b', 'halted')],
    'halted',
    ['b'],
  ],
])('%s', (_, projects, state, names) => {
  expect(diskLink(projects as Project[])).toMatchObject({ state, names });
});

test('files that are left out are counted over all projects', () => {
  expect(diskLink([one('a', 'live', 2), one('b', 'halted', 1)]).notSent).toBe(3);
});
