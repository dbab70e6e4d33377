import { describe, expect, test } from 'vitest';

import { dayIn, lifeOf, readMoment } from '../../../src/state/stats/moments';

const NOW = Date.parse('2026-11-22T12:00:00Z');

describe('a moment of a frontmatter', () => {
  test.each([
    ['2026-11-22', '2026-11-22T12:00:00.000Z', '2026-11-22'],
    ['2026-11-01T23:30:00Z', '2026-11-01T23:30:00.000Z', null],
    ['2026-11-01T23:30:00.123+08:00', '2026-11-01T15:30:00.123Z', null],
    ['2026-11-01 10:00:00 +0000', '2026-11-01T10:00:00.000Z', null],
    ['  2024-02-29 ', '2024-02-29T12:00:00.000Z', '2024-02-29'],
  ])('%s is read', (text, at, day) => {
    expect(readMoment(text, NOW)).toEqual({ at: Date.parse(at), day });
  });

  test.each([
    [null],
    [''],
    ['yesterday'],
    ['2026-13-01'],
    ['2026-02-30'],
    ['2025-02-29'],
    ['0026-11-01'],
    ['2062-11-22'],
    ['2026-11-22Tnoon'],
    ['22.11.2026'],
    ['1970-01-01'],
  ])('%s is none', (text) => {
    expect(readMoment(text, NOW)).toBeNull();
  });

  test('a time falls on the day of the reader, a mere day is the same for all', () => {
    const late = readMoment('2026-11-21T23:30:00Z', NOW)!;
    expect(dayIn(late, 'Asia/Shanghai')).toBe('2026-11-22');
    expect(dayIn(late, 'America/Los_Angeles')).toBe('2026-11-21');
    const day = readMoment('2026-11-21', NOW)!;
    for (const zone of ['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'UTC']) {
      expect(dayIn(day, zone)).toBe('2026-11-21');
    }
  });
});

describe('the life of a spec', () => {
  const at = (day: number) => `2026-11-${String(day).padStart(2, '0')}T10:00:00Z`;
  const ms = (day: number) => Date.parse(at(day));

  test('is read from its dates and transitions, in whatever order they stand', () => {
    const life = lifeOf(
      {
        status: 'complete',
        created_at: at(1),
        created: '2026-10-01',
        transitions: [
          { status: 'complete', at: at(9) },
          { status: 'in-progress', at: at(3) },
        ],
      },
      NOW,
    );
    expect([life.created?.at, life.started?.at, life.completed?.at]).toEqual([ms(1), ms(3), ms(9)]);
  });

  test('one that was opened again is not completed', () => {
    const life = lifeOf(
      {
        status: 'in-progress',
        completed_at: at(5),
        transitions: [
          { status: 'in-progress', at: at(2) },
          { status: 'complete', at: at(5) },
          { status: 'in-progress', at: at(7) },
        ],
      },
      NOW,
    );
    expect(life.completed).toBeNull();
    expect(life.started?.at).toBe(ms(2));
    expect(life.since?.at).toBe(ms(7));
  });

  test('nonsense is as if it were not there', () => {
    const life = lifeOf(
      { status: 'complete', created_at: 'soon', transitions: [{ status: 'complete', at: '?' }] },
      NOW,
    );
    expect(life).toEqual({
      created: null,
      started: null,
      completed: null,
      over: true,
      since: null,
    });
  });
});
