import { describe, expect, test } from 'vitest';

import { type Frame, FrameReader, FrameTooLong } from '../../src/wire/frames';

const bytes = (text: string) => new TextEncoder().encode(text);

/** What a reader makes of these pieces: its frames and its `retry:` lines. */
function read(pieces: Uint8Array[]): { frames: Frame[]; retries: number[] } {
  const frames: Frame[] = [];
  const retries: number[] = [];
  const reader = new FrameReader({
    onFrame: (frame) => frames.push(frame),
    onRetry: (ms) => retries.push(ms),
  });
  for (const piece of pieces) reader.push(piece);
  return { frames, retries };
}

const frame = (name: string, data: string, id: string | null = null): Frame => ({ name, data, id });

describe('frames', () => {
  const table: [string, string, Frame[]][] = [
    ['one event', 'id: 7.ab\nevent: spec\ndata: {"a":1}\n\n', [frame('spec', '{"a":1}', '7.ab')]],
    ['lines that end with CRLF', 'event: spec\r\ndata: x\r\n\r\n', [frame('spec', 'x')]],
    ['lines that end with CR', 'event: spec\rdata: x\r\r:\r', [frame('spec', 'x')]],
    [
      'mixed line ends',
      'event: a\r\ndata: x\n\r\ndata: y\n\n',
      [frame('a', 'x'), frame('message', 'y')],
    ],
    ['a byte-order mark', '\uFEFFdata: x\n\n', [frame('message', 'x')]],
    ['comments', ': hello\n\n:\ndata: x\n: more\n\n', [frame('message', 'x')]],
    ['several data lines', 'data: a\ndata: b\ndata:\n\n', [frame('message', 'a\nb\n')]],
    ['data without a space', 'data:x\n\n', [frame('message', 'x')]],
    ['a field that nobody knows', 'haunted: yes\ndata: x\n\n', [frame('message', 'x')]],
    ['an event without data, which is none', 'event: spec\n\ndata: x\n\n', [frame('message', 'x')]],
    ['an id without an event', 'id: 5.ab\n\ndata: x\n\n', [frame('message', 'x')]],
    ['an event that is cut off at the end', 'data: x\n\ndata: y\n', [frame('message', 'x')]],
    ['characters of several bytes', 'data: ü€𝄞\n\n', [frame('message', 'ü€𝄞')]],
  ];

  test.each(table)('reads %s', (_, text, wanted) => {
    expect(read([bytes(text)]).frames).toEqual(wanted);
  });

  test.each(table)('reads %s wherever the bytes are cut', (_, text, wanted) => {
    const all = bytes(text);
    for (let cut = 0; cut <= all.length; cut += 1) {
      expect(read([all.slice(0, cut), all.slice(cut)]).frames, `cut at ${cut}`).toEqual(wanted);
    }
    expect(read([...all].map((byte) => Uint8Array.of(byte))).frames).toEqual(wanted);
  });

  test('hands on what the stream says of reconnecting, and nothing that is no number', () => {
    expect(read([bytes('retry: 1500\n\nretry: soon\n\nretry: 20\n\n')]).retries).toEqual([
      1500, 20,
    ]);
  });

  test('does not collect an endless message', () => {
    const reader = new FrameReader({ onFrame: () => undefined });
    const piece = bytes('x'.repeat(1024 * 1024));
    const endless = () => {
      reader.push(bytes('data: '));
      for (let count = 0; count < 6; count += 1) reader.push(piece);
    };
    expect(endless).toThrow(FrameTooLong);
  });
});
