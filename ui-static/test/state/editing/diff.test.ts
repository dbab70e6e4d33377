import { expect, test } from 'vitest';

import { type DiffRow, parseDiff, ROWS_MAX } from '../../../src/state/editing/diff';

const SIGNS = { same: ' ', added: '+', removed: '-' };
const short = (row: DiffRow) =>
  row.kind === 'gap'
    ? `@ ${row.text}`
    : `${SIGNS[row.kind]} ${row.old ?? ''}|${row.new ?? ''} ${row.text}`;

test('a diff becomes rows with the numbers of both sides', () => {
  const diff = '--- a\n+++ b\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n@@ -9 +9,2 @@ ## Plan\n i\n+j\n';
  expect(parseDiff(diff).map(short)).toEqual([
    '@ Line 1',
    '  1|1 a',
    '- 2| b',
    '+ |2 B',
    '  3|3 c',
    '@ Line 9: ## Plan',
    '  9|9 i',
    '+ |10 j',
  ]);
});

test.each<[string, string, string[]]>([
  ['nothing', '', []],
  ['no hunk', 'Binary files differ\n', []],
  [
    'lines that look like names of files',
    '@@ -1,2 +1 @@\n--- a\n++ b\n',
    ['@ Line 1', '- 1| -- a', '+ |1 + b'],
  ],
  [
    'a missing final newline',
    '@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n',
    ['@ Line 1', '- 1| a', '+ |1 a'],
  ],
  ['CRLF', '@@ -1 +1 @@\n-a\r\n+b\r\n', ['@ Line 1', '- 1| a', '+ |1 b']],
  [
    'an empty line that lost its space',
    '@@ -1,2 +1,2 @@\n\n a\n',
    ['@ Line 1', '  1|1 ', '  2|2 a'],
  ],
  [
    'markup',
    '@@ -1 +1 @@\n-<img onerror=x>\n+<b>\n',
    ['@ Line 1', '- 1| <img onerror=x>', '+ |1 <b>'],
  ],
])('%s', (_, diff, wanted) => {
  expect(parseDiff(diff).map(short)).toEqual(wanted);
});

test('a diff without end has one', () => {
  const rows = parseDiff(`@@ -1 +1 @@\n${'+x\n'.repeat(ROWS_MAX * 2)}`);
  expect(rows).toHaveLength(ROWS_MAX + 1);
});
