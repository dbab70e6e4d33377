import { describe, expect, test } from 'vitest';

import {
  type Circumstances,
  lockedWhy,
  refusedWhy,
  uneditableWhy,
  waitsWhy,
} from '../../../src/state/editing/may';
import type { Project } from '../../../src/wire/types';
import { machine } from '../../wire/fake-relay';
import { project } from '../samples';

const NOW = Date.parse('2026-11-22T18:00:00.000Z');
function around(more: Partial<Circumstances> = {}, of: object = {}): Circumstances {
  return {
    scope: 'edit',
    machine: machine('m1', { name: 'MacBook' }),
    project: project('p1', { allow: ['frontmatter', 'tasks'], ...of }) as Project,
    away: false,
    savedAt: null,
    now: NOW,
    ...more,
  };
}

describe('nothing may be changed', () => {
  test.each<[string, Circumstances, RegExp | null]>([
    ['with a key that reads', around({ scope: 'view' }), /may only read/],
    ['where the owner says so', around({}, { read_only: 'Set in config.' }), /^Read-only. Set in/],
    ['while the project is halted', around({}, { state: 'halted' }), /MacBook has halted/],
    ['in what this device saved', around({ savedAt: NOW - 120_000 }), /saved 2 min ago/],
    ['in a project that is gone', around({ project: null }), /not hold this project/],
  ])('%s', (_, circumstances, wanted) => {
    expect(lockedWhy(circumstances)).toMatch(wanted ?? /./);
    expect(refusedWhy('frontmatter', circumstances)).toBe(lockedWhy(circumstances));
  });

  test.each([
    ['by default', around()],
    ['with the scope admin', around({ scope: 'admin' })],
    ['on a machine that is away', around({ machine: machine('m1', { online: false }) })],
  ])('is not so %s', (_, circumstances) => {
    expect(lockedWhy(circumstances)).toBeNull();
  });
});

test('what the owner did not allow is refused with the word that would allow it', () => {
  expect(refusedWhy('tasks', around())).toBeNull();
  expect(refusedWhy('content', around())).toBe(
    'MacBook allows no changes to the text from here. Its owner can add "content" to allow in the bridge’s configuration.',
  );
  expect(refusedWhy('create', around())).toContain('"create"');
});

test('a change waits for a machine that is away, and only for one', () => {
  const away = machine('m1', { online: false, name: 'MacBook' });
  expect(waitsWhy(around({ machine: away }))).toBe(
    'MacBook is offline, seen 2 h ago. Changes wait at the relay until it is back, at most 7 days.',
  );
  expect(waitsWhy(around())).toBeNull();
  expect(waitsWhy(around({ machine: away, away: true }))).toBeNull();
});

test('a block that no program can edit safely is said with its line', () => {
  const code = 'duplicate_key';
  expect(uneditableWhy({ problems: [{ code, message: 'x', line: 4 }] })).toContain('(line 4)');
  expect(uneditableWhy({ problems: [{ code: 'bad_date', message: 'x' }] })).toBeNull();
  expect(uneditableWhy({})).toBeNull();
});
