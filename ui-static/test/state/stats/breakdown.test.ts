import { describe, expect, test } from 'vitest';

import {
  byAssignee,
  byPriority,
  byStatus,
  byTag,
  inProgress,
  staleWork,
  tokenBand,
  tokensOf,
} from '../../../src/state/stats/breakdown';
import { spec } from '../samples';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const said = (shares: { value: string | null; count: number }[]) =>
  shares.map(({ value, count }) => [value, count]);

describe('shares', () => {
  const specs = [
    spec('001-a', { status: 'planned', priority: 'high', tags: ['ui', 'ui', 'api'] }),
    spec('002-b', { status: 'complete', priority: 'urgentish', assignee: 'ada', tags: ['ui'] }),
    spec('003-c', { status: 'someday', assignee: 'ada' }),
  ];

  test('by status stand in the order of a life, words unknown to LeanSpec last', () => {
    expect(said(byStatus(specs))).toEqual([
      ['planned', 1],
      ['complete', 1],
      ['other', 1],
    ]);
  });

  test('by priority count those that say none too', () => {
    expect(said(byPriority(specs))).toEqual([
      ['high', 1],
      ['urgentish', 1],
      [null, 1],
    ]);
    expect(byPriority(specs).at(-1)?.list).toEqual({ priority: '-' });
  });

  test('by tag count a spec once, however often it says the tag', () => {
    expect(said(byTag(specs, 9))).toEqual([
      ['ui', 2],
      ['api', 1],
    ]);
    expect(byTag(specs, 1)).toHaveLength(1);
  });

  test('by assignee', () => {
    expect(byAssignee(specs, 9)[0]).toEqual({ value: 'ada', count: 2, list: { assignee: 'ada' } });
  });
});

describe('what lies about', () => {
  test('work is as old as its last step into progress', () => {
    const transitions = [
      { status: 'in-progress', at: '2026-11-01T12:00:00Z' },
      { status: 'in-progress', at: '2026-11-20T12:00:00Z' },
    ];
    const found = inProgress(
      [
        spec('001-a', { status: 'in-progress', transitions }),
        spec('002-b', { status: 'in-progress' }),
        spec('003-c', { status: 'planned', transitions }),
      ],
      NOW,
    );
    expect(found.aged.map(({ days }) => days)).toEqual([2]);
    expect(found.unsaid).toBe(1);
  });

  test('stale is what is open and untouched, the oldest first', () => {
    const specs = [
      spec('001-a', { status: 'planned', updated_at: '2026-09-01T12:00:00Z' }),
      spec('002-b', { status: 'in-progress', updated_at: '2026-08-01T12:00:00Z' }),
      spec('003-c', { status: 'complete', updated_at: '2026-01-01T12:00:00Z' }),
      spec('004-d', { status: 'planned', updated_at: '2026-11-21T12:00:00Z' }),
    ];
    expect(staleWork(specs, 30, NOW).map((one) => one.spec.path)).toEqual(['002-b', '001-a']);
  });

  test.each([
    [0, 0],
    [1999, 0],
    [2000, 1],
    [3500, 2],
    [5000, 3],
    [90_000, 3],
  ])('%d tokens are in band %d', (tokens, band) => {
    expect(tokenBand(tokens)).toBe(band);
  });

  test('tokens are estimated from the main file alone', () => {
    const one = spec('001-a', {}, ['DESIGN.md', 'README.md']);
    one.files = one.files.map((file) => ({
      ...file,
      size: file.path.endsWith('README.md') ? 9 : 99,
    }));
    expect(tokensOf(one)).toBe(3);
  });
});
