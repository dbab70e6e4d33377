import { describe, expect, test } from 'vitest';

import { RelayFailure } from '../../src/wire/failure';
import {
  backoffMs,
  type End,
  type Life,
  type Past,
  planNext,
  UNTRIED,
} from '../../src/wire/policy';

const always = (value: number) => () => value;
const life = (more: Partial<Life> = {}): Life => ({
  livedMs: 5000,
  greeted: true,
  now: 1e6,
  ...more,
});
const past = (more: Partial<Past> = {}): Past => ({ ...UNTRIED, ...more });
const failure = (kind: RelayFailure['kind'], retryAfterMs: number | null = null): End => ({
  kind: 'failed',
  failure: new RelayFailure(kind, '', kind, retryAfterMs),
});

test('the delay is anything up to twice the one before, and never over the cap', () => {
  expect([0, 1, 2, 3].map((failures) => backoffMs(failures, always(1)))).toEqual([
    500, 1000, 2000, 4000,
  ]);
  expect(backoffMs(50, always(1))).toBe(30_000);
  expect(backoffMs(50, always(0))).toBe(0);
});

describe('after an end', () => {
  const table: [
    string,
    Past,
    End,
    Life,
    { waitMs: number | null; mode?: string; failures?: number },
  ][] = [
    ['a cut: back off', past(), { kind: 'cut' }, life(), { waitMs: 500, failures: 1 }],
    [
      'a second cut: back off further',
      past({ failures: 1 }),
      { kind: 'cut' },
      life(),
      { waitMs: 1000, failures: 2 },
    ],
    [
      'a cut after a long life: as after the first',
      past({ failures: 6 }),
      { kind: 'cut' },
      life({ livedMs: 60_000 }),
      { waitMs: 500, failures: 1 },
    ],
    [
      'silence: back off',
      past(),
      { kind: 'silent' },
      life({ livedMs: 40_000 }),
      { waitMs: 500, failures: 1 },
    ],
    [
      'no hello: long-poll at once',
      past(),
      { kind: 'no_hello' },
      life({ greeted: false }),
      { waitMs: 0, mode: 'poll' },
    ],
    [
      'lumps of heartbeats: poll at once',
      past(),
      { kind: 'lumps' },
      life({ greeted: false }),
      { waitMs: 0, mode: 'poll' },
    ],
    [
      'an answered poll: the next at once',
      past({ mode: 'poll', pollSince: 1e6 }),
      { kind: 'polled' },
      life(),
      { waitMs: 0, mode: 'poll', failures: 0 },
    ],
    [
      'half an hour of polls: a stream again',
      past({ mode: 'poll', pollSince: 0 }),
      { kind: 'polled' },
      life({ now: 31 * 60_000 }),
      { waitMs: 0, mode: 'stream' },
    ],
    [
      'a poll that fails: the way was closed, so streams again',
      past({ mode: 'poll', pollSince: 1e6 }),
      failure('unreachable'),
      life({ greeted: false }),
      { waitMs: 500, mode: 'stream' },
    ],
    [
      'a third early death: long-poll',
      past({ earlyDeaths: 2 }),
      { kind: 'cut' },
      life({ livedMs: 300 }),
      { waitMs: 0, mode: 'poll' },
    ],
    [
      'a bye with a time: then',
      past({ failures: 3 }),
      { kind: 'bye', reason: 'shutdown', retryMs: 1700 },
      life(),
      { waitMs: 1700, failures: 0 },
    ],
    [
      'a bye without: within a second',
      past(),
      { kind: 'bye', reason: 'rotate', retryMs: null },
      life(),
      { waitMs: 1000 },
    ],
    [
      'a bye that asks for an hour: a minute',
      past(),
      { kind: 'bye', reason: 'shutdown', retryMs: 3_600_000 },
      life(),
      { waitMs: 60_000 },
    ],
    [
      'a revoked key: not by itself',
      past(),
      { kind: 'bye', reason: 'revoked', retryMs: 10 },
      life(),
      { waitMs: null },
    ],
    [
      'a refused key: not by itself',
      past(),
      failure('key_refused'),
      life({ greeted: false }),
      { waitMs: null },
    ],
    [
      'a relay that asks for patience: at least that',
      past(),
      failure('problem', 9000),
      life({ greeted: false }),
      { waitMs: 9000 },
    ],
    [
      'a first reset: fetch the state at once',
      past(),
      { kind: 'reset' },
      life(),
      { waitMs: 0, failures: 1 },
    ],
    [
      'a reset after a reset: back off',
      past({ failures: 1 }),
      { kind: 'reset' },
      life(),
      { waitMs: 1000, failures: 2 },
    ],
  ];

  test.each(table)('%s', (_, before, end, lived, wanted) => {
    const plan = planNext(before, end, lived, always(1));
    expect(plan.waitMs).toBe(wanted.waitMs);
    if (wanted.mode) expect(plan.past.mode).toBe(wanted.mode);
    if (wanted.failures !== undefined) expect(plan.past.failures).toBe(wanted.failures);
  });
});
