import { expect, test } from 'vitest';

import { Lumps } from '../../src/wire/lumps';

/** Heartbeats by when they were sent and when they came, in seconds. */
const table: [string, [number, number][], boolean][] = [
  [
    'each in its time',
    [
      [0, 0],
      [30, 30],
      [60, 60],
      [90, 90],
    ],
    false,
  ],
  [
    'late, but apart',
    [
      [0, 9],
      [30, 39],
      [60, 71],
    ],
    false,
  ],
  [
    'together once, as after a sleep',
    [
      [0, 0],
      [30, 90],
      [60, 90],
      [90, 90],
      [120, 120],
    ],
    false,
  ],
  [
    'together twice',
    [
      [0, 60],
      [30, 60],
      [60, 120],
      [90, 120],
    ],
    true,
  ],
  [
    'sent together too',
    [
      [0, 0],
      [1, 0],
      [2, 0],
      [3, 0],
    ],
    false,
  ],
];

test.each(table)('heartbeats that come %s', (_, pairs, held) => {
  const lumps = new Lumps();
  const said = pairs.map(([sent, came]) => lumps.heard(sent * 1000, came * 1000));
  expect(said.at(-1)).toBe(held);
});
