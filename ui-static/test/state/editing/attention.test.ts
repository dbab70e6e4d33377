import { describe, expect, test } from 'vitest';

import { isWaiting, needsSomebody, unsettled } from '../../../src/state/editing/attention';
import { Dismissed } from '../../../src/state/editing/dismissed';
import type { Phase } from '../../../src/state/editing/edit';
import { command, edit } from './samples';

const NOW = Date.parse('2026-11-22T18:00:00Z');

/** An edit of the relay's list that ended in this way. */
function ended(key: string, phase: Phase, more: object = {}, over: object = {}) {
  const told = command(key, phase, { ended_at: '2026-11-22T17:00:00.000Z', ...more });
  return edit(key, { phase, command: told, ...over });
}

describe('edits that need somebody', () => {
  test.each([
    ['conflict', true, false],
    ['refused', true, false],
    ['unsent', true, false],
    ['unknown', true, false],
    ['sending', false, true],
    ['taken', false, true],
    ['applied', false, false],
    ['confirmed', false, false],
  ] as const)('%s: needs somebody %s, only waits %s', (phase, needs, waits) => {
    expect(needsSomebody(edit('a', { phase }))).toBe(needs);
    expect(isWaiting(edit('a', { phase }))).toBe(waits);
  });
});

describe('what the relay tells of before this page was opened', () => {
  test('a conflict on another device is told', () => {
    expect(unsettled([ended('c1', 'conflict')], NOW)).toHaveLength(1);
  });

  test.each([
    ['was applied', ended('c1', 'applied')],
    ['was applied to the newer version', ended('c1', 'conflict', { rebased_as: 'c9' })],
    ['is three weeks old', ended('c1', 'failed', { ended_at: '2026-11-01T00:00:00Z' })],
    ['went with its machine', ended('c1', 'expired', { outcome: { reason: 'forgotten' } })],
    ['has no end', ended('c1', 'conflict', { ended_at: null })],
  ])('an edit that %s is not', (_, one) => {
    expect(unsettled([one], NOW)).toEqual([]);
  });

  test('a later edit of the same field settles an earlier one, another field does not', () => {
    const first = ended('c1', 'conflict');
    const same = ended('c2', 'applied');
    const change = { type: 'update_frontmatter', spec: '001-a', fields: { tags: [] } };
    const other = ended('c3', 'applied', {}, { change });
    expect(unsettled([first, same], NOW)).toEqual([]);
    expect(unsettled([first, other], NOW)).toEqual([first]);
  });
});

test('what was waved away stays away, in another tab and after a reload too', () => {
  const stored = new Map<string, string>();
  const store = {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, text: string) => void stored.set(name, text),
  };
  const tab = new Dismissed('https://relay', store);
  const other = new Dismissed('https://relay', store);
  tab.add('c1');
  other.add('c2');
  const next = new Dismissed('https://relay', store);
  expect([next.has('c1'), next.has('c2'), next.has('c3')]).toEqual([true, true, false]);
});

test('a store that holds something else counts as empty', () => {
  const store = { getItem: () => '{"no": "list"}', setItem: () => undefined };
  expect(new Dismissed('https://relay', store).has('no')).toBe(false);
});
