import { describe, expect, test } from 'vitest';

import {
  overlaid,
  overlaidText,
  taskAt,
  taskLines,
  withBox,
} from '../../../src/state/editing/overlay';
import type { Edit as Change } from '../../../src/wire/types';
import { edit } from './samples';

const sets = (fields: Record<string, unknown>) =>
  edit('e', { change: { type: 'update_frontmatter', spec: '001-a', fields } });
const ticks = (line: number, seen_line: string, checked = true) =>
  edit('e', { change: { type: 'toggle_task', spec: '001-a', line, seen_line, checked } });
const writes = (content: string) =>
  edit('e', { change: { type: 'update_content', spec: '001-a', content } });

describe('a summary', () => {
  test('without edits stays the same object', () => {
    const summary = { status: 'planned' };
    expect(overlaid(summary, [ticks(1, '- [ ] a')])).toBe(summary);
  });

  test('shows the later of two edits of a field, and null as absent', () => {
    const shown = overlaid({ status: 'planned', tags: ['a'], assignee: 'x' }, [
      sets({ status: 'in-progress', assignee: null }),
      sets({ status: 'complete' }),
    ]);
    expect(shown).toEqual({ status: 'complete', tags: ['a'], assignee: null });
  });
});

describe('a text', () => {
  test.each<[string, string, ReturnType<typeof edit>[], string]>([
    ['a tick', '- [ ] a\n- [ ] b', [ticks(2, '- [ ] b')], '- [ ] a\n- [x] b'],
    ['a cleared box', '- [X] a', [ticks(1, '- [X] a', false)], '- [ ] a'],
    ['a tick between CRLF lines', 'x\r\n- [ ] a\r\n', [ticks(2, '- [ ] a')], 'x\r\n- [x] a\r\n'],
    ['a tick whose line moved', 'new\n- [ ] a', [ticks(1, '- [ ] a')], 'new\n- [x] a'],
    ['no tick whose line is gone', '- [ ] b', [ticks(1, '- [ ] a')], '- [ ] b'],
    ['a new text, and a tick in it', 'old', [writes('- [ ] n'), ticks(1, '- [ ] n')], '- [x] n'],
    [
      'no new text that was written elsewhere, for it does not travel',
      'old',
      [edit('e', { change: { type: 'update_content', spec: '001-a' } as Change })],
      'old',
    ],
  ])('shows %s', (_, text, edits, wanted) => {
    expect(overlaidText(text, edits)).toBe(wanted);
  });
});

test.each([
  ['- [ ] a', '- [x] a'],
  ['\t- [X] a [ ] b', '\t- [x] a [ ] b'],
  ['* [ ] a', null],
  ['3. [X] a', null],
  ['> - [ ] a', null],
  ['a [ ] b', null],
  ['- a [ ] b', null],
])('the box of %j ticked is %j', (line, wanted) => {
  expect(withBox(line, true)).toBe(wanted);
});

test.each<[string, string, number, ReturnType<typeof taskAt>]>([
  ['in a plain file', 'a\n- [ ] b\n', 2, { line: 2, seen: '- [ ] b' }],
  ['with CRLF', 'a\r\n- [ ] b\r\n', 2, { line: 2, seen: '- [ ] b' }],
  ['at the end of the file', '- [ ] b', 1, { line: 1, seen: '- [ ] b' }],
  ['on a line without a box', 'a\nb\n', 2, null],
  ['after the end', 'a\n', 9, null],
  [
    'after a lone carriage return, which ends no line of the file',
    'a\rb\n- [ ] c',
    3,
    {
      line: 2,
      seen: '- [ ] c',
    },
  ],
])('a task %s', (_, text, line, wanted) => {
  expect(taskAt(text, line)).toEqual(wanted);
});

test('the lines of tasks under way are found in the text that is shown', () => {
  const text = '- [x] a\n- [ ] b\n';
  expect(taskLines(text, [ticks(1, '- [ ] a'), ticks(2, '- [ ] b'), sets({})])).toEqual([1, 2]);
  expect(taskLines(text, [ticks(7, '- [ ] gone')])).toEqual([]);
});
