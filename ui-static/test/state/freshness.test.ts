import { describe, expect, test } from 'vitest';

import { ago, agoShort, linkNotice, presence } from '../../src/state/freshness';

const NOW = Date.parse('2026-11-22T16:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('an age', () => {
  test.each([
    [-5000, 'just now', 'now'],
    [0, 'just now', 'now'],
    [59_999, 'just now', 'now'],
    [MINUTE, '1 min ago', '1m'],
    [59 * MINUTE, '59 min ago', '59m'],
    [HOUR, '1 h ago', '1h'],
    [23 * HOUR, '23 h ago', '23h'],
    [DAY, 'yesterday', '1d'],
    [2 * DAY, '2 days ago', '2d'],
    [6.9 * DAY, '6 days ago', '6d'],
    [10 * DAY, '12 Nov', '12 Nov'],
    [400 * DAY, '18 Oct 2025', '18 Oct 2025'],
  ])('of %d ms is "%s", or "%s" where it is narrow', (age, words, short) => {
    expect(ago(NOW - age, NOW)).toBe(words);
    expect(agoShort(NOW - age, NOW)).toBe(short);
  });
});

describe('a machine', () => {
  const seen = (age: number) => ({ online: false, last_seen: new Date(NOW - age).toISOString() });

  test.each([
    ['that is heard', { online: true, last_seen: '' }, 'live', 'live'],
    ['that just left', seen(5 * MINUTE), 'recent', 'offline, seen 5 min ago'],
    ['not seen for days', seen(3 * DAY), 'stale', 'offline, seen 3 days ago'],
    ['not seen for a week', seen(10 * DAY), 'inactive', 'inactive since 12 Nov'],
    [
      'never seen',
      { online: false, last_seen: '1970-01-01T00:00:00.000Z' },
      'inactive',
      'never seen',
    ],
    ['of an unreadable time', { online: false, last_seen: 'soon' }, 'inactive', 'never seen'],
  ])('%s is %s', (_, machine, level, words) => {
    expect(presence(machine, NOW)).toEqual({ level, words });
  });
});

test('a machine is not called live while the relay is away', () => {
  const machine = { online: true, last_seen: '' };
  expect(presence(machine, NOW, true)).toEqual({ level: 'recent', words: 'not known now' });
  expect(presence(machine, NOW, true, NOW - 2 * MINUTE)).toEqual({
    level: 'stale',
    words: 'saved 2 min ago',
  });
});

test.each([
  [null, 'none'],
  [0, 'none'],
  [999, 'none'],
  [1000, 'soft'],
  [4999, 'soft'],
  [5000, 'strip'],
])('a relay that is away for %s ms gets the notice "%s"', (downMs, notice) => {
  expect(linkNotice(downMs === null ? null : NOW - downMs, NOW)).toBe(notice);
});
