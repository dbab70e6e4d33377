import { describe, expect, test } from 'vitest';

import { burnUp, cycleTime, percentile } from '../../../src/state/stats/flow';
import { type Life, readMoment } from '../../../src/state/stats/moments';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const moment = (text: string | null) => readMoment(text, NOW);
const life = (created: string | null, started: string | null, completed: string | null): Life => ({
  created: moment(created),
  started: moment(started),
  completed: moment(completed),
  over: completed !== null,
  since: null,
});

describe('burn-up', () => {
  test('counts what existed and what was done, day by day until today', () => {
    const { points } = burnUp(
      [life('2026-11-19', null, '2026-11-21'), life('2026-11-20', null, null)],
      NOW,
      'UTC',
    );
    expect(points).toEqual([
      { day: '2026-11-19', total: 1, done: 0 },
      { day: '2026-11-20', total: 2, done: 0 },
      { day: '2026-11-21', total: 2, done: 1 },
      { day: '2026-11-22', total: 2, done: 1 },
    ]);
  });

  test('says how many it knows of', () => {
    expect(
      burnUp([life(null, null, null), life('2026-11-22', null, null)], NOW, 'UTC'),
    ).toMatchObject({ known: 1, of: 2 });
    expect(burnUp([life(null, null, null)], NOW, 'UTC').points).toEqual([]);
  });

  test('what was completed before it was created existed by then', () => {
    const { points } = burnUp([life('2026-11-22', null, '2026-11-21')], NOW, 'UTC');
    expect(points).toEqual([
      { day: '2026-11-21', total: 1, done: 1 },
      { day: '2026-11-22', total: 1, done: 1 },
    ]);
  });

  test('today is the day of the reader', () => {
    const late = Date.parse('2026-11-22T20:00:00Z');
    const { points } = burnUp([life('2026-11-22', null, null)], late, 'Asia/Shanghai');
    expect(points.at(-1)?.day).toBe('2026-11-23');
  });

  test('ten years are no more than a few points, and lose nobody', () => {
    const { points } = burnUp([life('2016-01-01', null, '2026-11-22')], NOW, 'UTC');
    expect(points.length).toBeLessThanOrEqual(161);
    expect(points[0]?.total).toBe(0);
    expect(points.at(-1)).toEqual({ day: '2026-11-22', total: 1, done: 1 });
  });
});

describe('cycle time', () => {
  const created = ({ created: from }: Life) => from;

  test('is told by median and 85th percentile, in days', () => {
    const lives = [1, 2, 3, 4, 10].map((days) =>
      life(`2026-11-01T00:00:00Z`, null, `2026-11-${String(1 + days).padStart(2, '0')}T00:00:00Z`),
    );
    expect(cycleTime(lives, created)).toEqual({ days: [1, 2, 3, 4, 10], median: 3, p85: 10 });
  });

  test('leaves out what says one end only, and what ends before it begins', () => {
    const lives = [
      life('2026-11-01', null, null),
      life(null, null, '2026-11-02'),
      life('2026-11-09', null, '2026-11-02'),
    ];
    expect(cycleTime(lives, created)).toBeNull();
  });

  test('a spec of one day that says no times took no less than no time', () => {
    const lives = [life('2026-11-01', null, '2026-11-01T08:00:00Z')];
    expect(cycleTime(lives, created)?.days).toEqual([0]);
  });

  test.each([
    [[7], 0.5, 7],
    [[1, 2], 0.5, 1],
    [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.85, 9],
    [[], 0.5, 0],
  ])('of %j the share %d is %d', (days, share, value) => {
    expect(percentile(days, share)).toBe(value);
  });
});
