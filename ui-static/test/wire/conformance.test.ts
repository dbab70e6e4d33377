// The case list of the public contract tests for readers of Server-Sent Events, which the bridge's
// reader is tried on too: shared/tests/event-stream.json.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import { FrameReader } from '../../src/wire/frames';

interface Case {
  name: string;
  /** With LF as the end of lines. */
  text: string;
  /** As the standard hands them out: with the last id, whichever event brought it. */
  events: { type: string; data: string; id?: string }[];
  retries?: number[];
}

const list = new URL('../../../shared/tests/event-stream.json', import.meta.url);
const cases = JSON.parse(readFileSync(list, 'utf8')) as Case[];

/** What the reader makes of these pieces. */
function read(pieces: Uint8Array[]): Pick<Case, 'events' | 'retries'> {
  const events: Case['events'] = [];
  const retries: number[] = [];
  let last: string | null = null;
  const reader = new FrameReader({
    onFrame: ({ name, data, id }) => {
      // A frame carries its own id only, since only that may move a cursor.
      last = id ?? last;
      events.push(last === null ? { type: name, data } : { type: name, data, id: last });
    },
    onRetry: (ms) => retries.push(ms),
  });
  for (const piece of pieces) reader.push(piece);
  return { events, retries };
}

/** Whole, in halves and byte by byte. */
function chunkings(bytes: Uint8Array): Uint8Array[][] {
  const middle = Math.floor(bytes.length / 2);
  return [
    [bytes],
    [bytes.slice(0, middle), bytes.slice(middle)],
    [...bytes].map((byte) => Uint8Array.of(byte)),
  ];
}

describe('the standard', () => {
  test.each(cases)('$name', ({ text, events, retries = [] }) => {
    for (const end of ['\n', '\r', '\r\n']) {
      const bytes = new TextEncoder().encode(text.replaceAll('\n', end));
      for (const pieces of chunkings(bytes)) {
        const how = `${JSON.stringify(end)} in ${pieces.length} pieces`;
        expect(read(pieces), how).toEqual({ events, retries });
      }
    }
  });

  test('a block of nothing but unknown fields is passed over', () => {
    const bytes = new TextEncoder().encode('colour: red\n\ndata: a\n\n');
    expect(read([bytes]).events).toEqual([{ type: 'message', data: 'a' }]);
  });

  test('a long line is one event', () => {
    const long = 'x'.repeat(20_000);
    for (const pieces of chunkings(new TextEncoder().encode(`data: ${long}\n\n`))) {
      expect(read(pieces).events).toEqual([{ type: 'message', data: long }]);
    }
  });
});
