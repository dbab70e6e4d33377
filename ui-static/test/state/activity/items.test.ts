import { describe, expect, test } from 'vitest';

import {
  byDay,
  dayOf,
  type Ended,
  endOf,
  fromCommand,
  joined,
  linesChanged,
  meantChanges,
  type Saved,
  taskChanged,
  withSave,
} from '../../../src/state/activity/items';

const ended = (over: Partial<Ended> = {}): Ended => ({
  kind: 'ended',
  key: 'c1',
  at: Date.parse('2026-11-22T10:00:00Z'),
  machine: 'mac',
  project: 'reader',
  spec: '001-a',
  by: 'Phone',
  type: 'update_frontmatter',
  state: 'applied',
  outcome: {},
  ...over,
});
const saved = (over: Partial<Saved> = {}): Saved => ({
  kind: 'saved',
  key: 's1',
  at: 1000,
  machine: 'mac',
  project: 'reader',
  specs: ['001-a'],
  status: null,
  gone: false,
  ...over,
});

describe('what happened', () => {
  test.each([
    ['applied', 'done'],
    ['conflict', 'conflict'],
    ['withdrawn', 'withdrawn'],
    ['refused', 'failed'],
    ['expired', 'failed'],
    ['a_word_of_later', 'failed'],
  ])('an edit that ended %s is listed as %s', (state, end) => {
    expect(endOf(ended({ state }))).toBe(end);
  });

  test('a command that has not ended is not listed', () => {
    const command = { id: 'c', by: { key: 'k', name: 'n' }, state: 'queued', type: 'x' };
    expect(fromCommand(command as never)).toBeNull();
  });

  test('fields that LeanSpec keeps itself are not told as changes', () => {
    const changes = ['status', 'updated_at', 'transitions'].map((field) => ({ field }));
    expect(meantChanges({ changes }).map(({ field }) => field)).toEqual(['status']);
  });

  test('a difference is counted without its heads', () => {
    const diff = '--- a\n+++ b\n@@ -1,2 +1,3 @@\n same\n-old\n+new\n+more\n';
    expect(linesChanged(diff)).toEqual({ added: 2, removed: 1 });
    expect(linesChanged(null)).toEqual({ added: 0, removed: 0 });
  });

  test('the task that was ticked is read out of the difference', () => {
    const diff = '@@ -3 +3 @@\n-- [ ] Write it\n+- [x] Write it\n';
    expect(taskChanged(diff)).toEqual({ text: 'Write it', checked: true });
    expect(taskChanged(undefined)).toEqual({ text: '', checked: false });
  });
});

describe('saves that were seen', () => {
  test('those of one project within a minute are one entry', () => {
    let list: readonly Saved[] = [];
    for (let n = 0; n < 300; n += 1) {
      list = withSave(list, saved({ key: `s${n}`, at: n, specs: [`${n}-spec`] }), 200);
    }
    expect(list).toHaveLength(1);
    expect(list[0]?.specs).toHaveLength(300);
    expect(list[0]?.specs[0]).toBe('299-spec');
  });

  test('a status that changed twice is told from its first to its last value', () => {
    const first = withSave([], saved({ status: { from: 'planned', to: 'in-progress' } }), 9);
    const [both] = withSave(first, saved({ status: { from: 'in-progress', to: 'complete' } }), 9);
    expect(both?.status).toEqual({ from: 'planned', to: 'complete' });
  });

  test.each([
    ['another project', { project: 'other' }],
    ['a minute later', { at: 61_000 }],
    ['a spec that went', { gone: true }],
  ])('%s is an entry of its own', (_, over) => {
    expect(withSave([saved()], saved({ key: 's2', ...over }), 9)).toHaveLength(2);
  });

  test('no more than so many are kept, the newest', () => {
    let list: readonly Saved[] = [];
    for (let n = 0; n < 5; n += 1) list = withSave(list, saved({ key: `s${n}`, at: n * 1e6 }), 3);
    expect(list.map(({ key }) => key)).toEqual(['s4', 's3', 's2']);
  });
});

describe('the list by days', () => {
  test('the day is that of the reader, not of the machine', () => {
    const late = Date.parse('2026-11-22T23:30:00Z');
    expect(dayOf(late, 'UTC')).toBe('2026-11-22');
    expect(dayOf(late, 'Asia/Shanghai')).toBe('2026-11-23');
    expect(dayOf(late, 'America/Los_Angeles')).toBe('2026-11-22');
  });

  test('edits and saves stand in one order, each once', () => {
    const items = joined(
      [ended({ key: 'a', at: 5 }), ended({ key: 'b', at: 1 }), ended({ key: 'a', at: 5 })],
      [saved({ at: 3 })],
    );
    expect(items.map(({ key }) => key)).toEqual(['a', 's1', 'b']);
  });

  test('a list is cut where the day changes', () => {
    const day = (text: string, key: string) => ended({ key, at: Date.parse(text) });
    const days = byDay(
      [day('2026-11-22T10:00Z', 'c'), day('2026-11-22T01:00Z', 'b'), day('2026-11-21T23:59Z', 'a')],
      'UTC',
    );
    expect(days.map(({ day: name, items }) => [name, items.length])).toEqual([
      ['2026-11-22', 2],
      ['2026-11-21', 1],
    ]);
  });
});
