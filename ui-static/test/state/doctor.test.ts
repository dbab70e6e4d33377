import { describe, expect, test } from 'vitest';

import {
  judgeClock,
  judgeHttp,
  judgeLatency,
  judgeStream,
  judgeTransfer,
  signature,
} from '../../src/state/doctor/judge';
import { reportText, worst } from '../../src/state/doctor/line';
import type { Arrival } from '../../src/wire/probe';

/** Arrivals from pairs of milliseconds: sent, arrived. */
const arrivals = (...pairs: [number, number][]): Arrival[] =>
  pairs.map(([sent, arrived]) => ({ sent, arrived }));

describe('a stream on its way', () => {
  test.each<[string, Arrival[], number]>([
    ['singly', arrivals([0, 10], [250, 260], [500, 512], [750, 760]), 4],
    ['held', arrivals([0, 1010], [250, 1010], [500, 1011], [750, 1012]), 4],
    ['held', arrivals(), 4],
    ['lumps', arrivals([0, 510], [250, 510], [500, 511], [750, 1010], [1000, 1010]), 5],
    ['behind', arrivals([0, 260], [250, 510], [500, 760], [750, 1010], [1000, 1011]), 5],
    ['late', arrivals([0, 200], [250, 300], [500, 510], [750, 760]), 4],
    ['cut', arrivals([0, 10], [250, 260]), 4],
  ])('fares %s', (word, came, planned) => {
    expect(signature(came, planned)).toBe(word);
    expect(judgeStream(came, planned).verdict).toBe(word === 'singly' ? 'ok' : 'warn');
  });
});

describe('a finding', () => {
  test('of clocks minds half a minute and not less, in both directions', () => {
    expect(judgeClock(29_000).verdict).toBe('ok');
    expect(judgeClock(-120_000)).toMatchObject({ verdict: 'warn', result: 'they differ by 120 s' });
  });

  test('of latency is of the median, not of one slow call', () => {
    expect(judgeLatency([10, 2000, 12, 11, 9])).toMatchObject({
      verdict: 'ok',
      result: '11 ms at the median, 2000 ms at most',
    });
    expect(judgeLatency([900, 950, 1000]).verdict).toBe('note');
  });

  test('of a transfer tells its speed, and bytes that were lost', () => {
    expect(judgeTransfer('down', 1 << 20, 1 << 20, 100).result).toBe('84 Mbit/s');
    expect(judgeTransfer('up', 1 << 20, 1 << 16, 100)).toMatchObject({
      verdict: 'bad',
      tried: 'Sending 1 MiB',
      result: 'only 64 KiB arrived',
    });
  });

  test('of HTTP names what stands between', () => {
    expect(judgeHttp('h2', 'HTTP/1.1', '1.1 gate')).toMatchObject({
      verdict: 'ok',
      result: 'h2 here, HTTP/1.1 at the relay, through 1.1 gate',
    });
    expect(judgeHttp('http/1.1', 'HTTP/1.1', null).verdict).toBe('note');
    expect(judgeHttp(null, 'HTTP/2.0', null).result).toContain('not told to this page');
  });

  test('is as bad as the worst, and can be sent as text', () => {
    const lines = [judgeClock(0), judgeTransfer('up', 1024, 0, 1)];
    expect(worst(lines)).toBe('bad');
    const text = reportText(['leanspec-ui'], lines);
    expect(text).toContain('ok   clock');
    expect(text).toContain('BAD  up');
    expect(text).toContain('→ Ask for bodies');
  });
});
