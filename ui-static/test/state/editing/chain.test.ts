import { describe, expect, test } from 'vitest';

import { baseOf, replacedBy, settledBy } from '../../../src/state/editing/chain';
import type { Edit } from '../../../src/state/editing/edit';
import { command, edit } from './samples';

const taken = (key: string, id: string) =>
  edit(key, { phase: 'taken', command: command(id, 'queued') });
const applied = (key: string, hash: string, over = 'h0') =>
  edit(key, {
    phase: 'applied',
    command: command(key, 'applied', { outcome: { hash } }),
    appliedOver: over,
  });

describe('an edit stands on', () => {
  const last = edit('e9', { seenHash: 'h7' });
  const table: [string, Edit[], ReturnType<typeof baseOf>][] = [
    ['the file as it was shown', [], { base: { hash: 'h7' } }],
    ['the edit under way of the same file', [taken('e1', 'c1')], { base: { after: 'c1' } }],
    ['the last of several', [taken('e1', 'c1'), taken('e2', 'c2')], { base: { after: 'c2' } }],
    ['one that was done and is not shown', [applied('a1', 'h1')], { base: { after: 'a1' } }],
    ['nothing yet, while the one before has no id', [edit('e1')], 'wait'],
    ['nothing, when the one before was not sent', [edit('e1', { phase: 'unsent' })], 'stuck'],
    [
      'no edit of another file',
      [{ ...taken('e1', 'c1'), file: '001-a/DESIGN.md' }],
      { base: { hash: 'h7' } },
    ],
    [
      'no edit of the same path on another machine',
      [{ ...taken('e1', 'c1'), machine: 'm2' }],
      { base: { hash: 'h7' } },
    ],
    [
      'no edit that was not done',
      [{ ...taken('e1', 'c1'), phase: 'conflict' }],
      { base: { hash: 'h7' } },
    ],
  ];
  test.each(table)('%s', (_, before, wanted) => {
    expect(baseOf(last, [...before, last])).toEqual(wanted);
  });

  test('no edit that was made after it', () => {
    expect(baseOf(last, [last, taken('e1', 'c1')])).toEqual({ base: { hash: 'h7' } });
  });

  test('exactly what was shown, when it replaces everything', () => {
    const exact = edit('e1', { seenHash: 'h7', exact: true });
    expect(baseOf(exact, [taken('e0', 'c0'), exact])).toEqual({ base: { hash: 'h7' } });
  });

  test('nothing when it makes a spec', () => {
    const making = edit('e1', { change: { type: 'create_spec', name: 'b' }, file: null });
    expect(baseOf(making, [taken('e0', 'c0'), making])).toEqual({ base: null });
  });
});

describe('the page shows', () => {
  const first = applied('a1', 'h1');
  const second = applied('a2', 'h2');
  const keys = (hash: string | null, edits = [first, second]) =>
    settledBy(edits, hash).map(({ key }) => key);
  test.each<[string, string | null, string[]]>([
    ['neither of two edits while it shows the file of before', 'h0', []],
    ['the first when it shows what that left', 'h1', ['a1']],
    ['both when it shows what the second left', 'h2', ['a1', 'a2']],
    ['both when it shows a save of later', 'h3', ['a1', 'a2']],
    ['both when the file is gone', null, ['a1', 'a2']],
  ])('%s', (_, hash, wanted) => {
    expect(keys(hash)).toEqual(wanted);
  });

  test('not the second by still showing the first', () => {
    expect(keys('h1', [{ ...second, appliedOver: 'h1' }])).toEqual([]);
  });

  test('no edit that is still under way', () => {
    expect(keys('h3', [taken('e1', 'c1')])).toEqual([]);
  });
});

describe('a newer edit takes the place of', () => {
  const fields = (spec: string, ...names: string[]) => ({
    type: 'update_frontmatter' as const,
    spec,
    fields: Object.fromEntries(names.map((name) => [name, 'x'])),
  });
  const status = edit('new', { change: fields('001-a', 'status') });
  test.each<[string, Edit, boolean]>([
    ['one of the same field', edit('o', { change: fields('001-a', 'status', 'tags') }), true],
    ['none of another field', edit('o', { change: fields('001-a', 'tags') }), false],
    ['none of another file', edit('o', { ...status, file: 'x.md' }), false],
    ['none of another machine', edit('o', { ...status, machine: 'm2' }), false],
  ])('%s', (_, old, wanted) => {
    expect(replacedBy(status, [old]).length === 1).toBe(wanted);
  });

  test('one of the same task, whichever way it went', () => {
    const tick = (checked: boolean, seen_line: string) =>
      edit('t', {
        change: { type: 'toggle_task', spec: '001-a', line: 3, seen_line, checked },
      });
    expect(replacedBy(tick(true, '- [ ] a'), [tick(false, '- [x] a')])).toHaveLength(1);
    expect(replacedBy(tick(true, '- [ ] a'), [tick(true, '- [ ] b')])).toHaveLength(0);
  });
});
