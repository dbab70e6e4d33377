import { describe, expect, test } from 'vitest';

import { checkLinks, checkSpec } from '../../src/state/checks';
import { SpecNames } from '../../src/state/relations';
import type { Spec, Summary } from '../../src/wire/types';
import { spec } from './samples';

function codes(summary: Summary, others: Spec[] = []) {
  const checked = spec('001-a', { title: 'A title', ...summary });
  const all = [checked, ...others];
  return checkSpec(checked, all, new SpecNames(all)).map(({ code }) => code);
}

test('a spec that fits in has nothing to say', () => {
  expect(codes({ number: 1, status: 'complete', tasks: { done: 2, total: 2 } })).toEqual([]);
});

test.each<[string, Summary, Spec[]]>([
  ['unknown_dependency', { depends_on: ['nowhere'] }, []],
  ['unknown_parent', { parent: 'nowhere' }, []],
  ['cycle', { depends_on: ['b'] }, [spec('b', { depends_on: ['001-a'] })]],
  ['duplicate_number', { number: 1 }, [spec('001-b', { number: 1 })]],
  ['open_tasks', { status: 'complete', tasks: { done: 1, total: 3 } }, []],
  ['no_title', { name: '001-a', title: '001-a' }, []],
])('%s is found', (code, summary, others) => {
  expect(codes(summary, others)).toEqual([code]);
});

test('the same number in another folder is no duplicate', () => {
  expect(codes({ number: 1 }, [spec('archive/001-b', { number: 1 })])).toEqual([]);
});

describe('links of a text', () => {
  const specs = [spec('001-a', {}, ['README.md', 'pic.png']), spec('002-b', {}, ['README.md'])];
  const check = (href: string) =>
    checkLinks('001-a/README.md', [{ href, line: 7 }], new Set(['h-plan']), specs);

  test.each([
    '../002-b/README.md',
    '../002-b',
    '../002-b/',
    'pic.png',
    '#plan',
    '../002-b/README.md#anything',
    'https://example.org/x.md',
    'mailto:a@example.org',
    // Outside the specs folder, or of a kind that is not sent: nobody here can know.
    '../../src/main.rs',
    'demo.mov',
    '../002-b/schema.sql',
  ])('%s is not called broken', (href) => {
    expect(check(href)).toEqual([]);
  });

  test.each(['DESIGN.md', '../003-c/README.md', '../003-c', 'other.png'])(
    '%s leads nowhere',
    (href) => {
      expect(check(href)).toEqual([{ code: 'broken_link', href, line: 7 }]);
    },
  );

  test('a heading that the text does not have is said apart', () => {
    expect(check('#gone')).toEqual([{ code: 'broken_heading', href: '#gone', line: 7 }]);
  });
});
