import { expect, test } from 'vitest';

import { forTyping, withEndings } from '../../../src/state/editing/line-endings';

test.each([
  ['nothing typed', 'a\r\nb\r\n', 'a\nb\n', 'a\r\nb\r\n'],
  ['a line typed in the middle', 'a\r\nb\r\n', 'a\nnew\nb\n', 'a\r\nnew\r\nb\r\n'],
  ['a line at the end', 'a\r\nb', 'a\nb\nc', 'a\r\nb\r\nc'],
  ['a file of plain line feeds', 'a\nb\n', 'a\nc\n', 'a\nc\n'],
  ['mixed endings', 'a\r\nb\nc\r\nd\n', 'a\nB\nc\nd\n', 'a\r\nB\r\nc\r\nd\n'],
  ['a lone carriage return', 'a\rb\r\nc\r\n', 'a\nb\nC\n', 'a\rb\r\nC\r\n'],
  ['everything taken out', 'a\r\nb\r\n', '', ''],
  ['an empty file', '', 'a\nb\n', 'a\nb\n'],
  ['the final newline taken out', 'a\r\nb\r\n', 'a\nb', 'a\r\nb'],
  ['a byte-order mark', '\uFEFFa\r\n', '\uFEFFa\nb\n', '\uFEFFa\r\nb\r\n'],
])('%s', (_, original, typed, wanted) => {
  expect(withEndings(typed, original)).toBe(wanted);
});

test.each(['a\r\nb\n\rc', '', '\r\n', 'x\ry', 'no end'])('%j is unchanged by looking', (text) => {
  expect(withEndings(forTyping(text), text)).toBe(text);
});
