import { expect, test } from 'vitest';

import { nameFrom } from '../../../src/state/editing/name';

test.each([
  ['Sign in by link!', 'sign-in-by-link'],
  ['  Don’t lose  edits ', 'dont-lose-edits'],
  ['API/v2: limits', 'api-v2-limits'],
  ['离线 阅读', '离线-阅读'],
  ['../../etc/passwd', 'etc-passwd'],
  ['!!!', ''],
  ['', ''],
  ['word '.repeat(40), 'word-'.repeat(12).slice(0, -1)],
  ['x'.repeat(99), 'x'.repeat(60)],
])('%j becomes %j', (title, name) => {
  expect(nameFrom(title)).toBe(name);
});
