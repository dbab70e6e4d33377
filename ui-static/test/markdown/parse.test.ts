import { describe, expect, test } from 'vitest';

import { withoutFrontmatter } from '../../src/markdown/frontmatter';
import { parseDocument, TooDeep } from '../../src/markdown/parse';
import { tasksOf, textOf, type Tree } from '../../src/markdown/tree';

/** A tree in short: `p(text)`; attributes follow their tag. */
function short(tree: Tree): string {
  if (typeof tree === 'string') return tree;
  const attributes = Object.entries(tree.attributes ?? {}).map(
    ([name, value]) => `${name}=${value}`,
  );
  const inside = (tree.children ?? []).map(short).join('');
  return `${tree.tag}${attributes.length > 0 ? `[${attributes.join(' ')}]` : ''}(${inside})`;
}
const parsed = (text: string) => parseDocument(text).map(short).join('');

describe('a document', () => {
  test.each([
    [
      '# A & B\n\ntext *em* **strong** `code`',
      'h1[id=h-a-b](A & B)p(text em(em) strong(strong) code(code))',
    ],
    ['- a\n- b', 'ul(li(a)li(b))'],
    ['- a\n\n- b', 'ul(li(p(a))li(p(b)))'],
    ['3. a', 'ol[start=3](li(a))'],
    [
      '- [ ] open *it*\n- [x] done',
      'ul(li[task=](input[label=open it line=1]()open em(it))li[task=](input[label=done line=2 checked=]()done))',
    ],
    ['- [y] no box', 'ul(li([y] no box))'],
    ['> quoted', 'blockquote(p(quoted))'],
    ['a  \nb', 'p(abr()b)'],
    ['[x](https://e.org "t")', 'p(a[href=https://e.org title=t line=1](x))'],
    ['see https://e.org/a', 'p(see a[href=https://e.org/a line=1](https://e.org/a))'],
    ['![alt](a.png)', 'p(img[src=a.png alt=alt line=1]())'],
    [
      '|a|b|\n|---|--:|\n|1|2|',
      'table(thead(tr(th(a)th[align=right](b)))tbody(tr(td(1)td[align=right](2))))',
    ],
    ['```\nplain <b>\n```', 'pre(code(plain <b>\n))'],
    ['```mermaid\ngraph TD\n```', 'pre[data-language=mermaid](code(graph TD\n))'],
    ['# Same\n# Same', 'h1[id=h-same](Same)h1[id=h-same-1](Same)'],
    ['# 你好', 'h1[id=h-你好](你好)'],
    ['---\nstatus: planned\n---\nbody', 'p(body)'],
  ])('%j is %s', (text, wanted) => {
    expect(parsed(text)).toBe(wanted);
  });

  test('has the parts of its code named', () => {
    const [block] = parseDocument('```ts\nconst a = "b";\n```');
    expect(short(block as Tree)).toContain('span[class=hljs-keyword](const)');
    expect(textOf(block as Tree)).toBe('const a = "b";\n');
  });

  test('keeps very long code plain', () => {
    const [block] = parseDocument(`\`\`\`ts\n${'const a = 1;\n'.repeat(3000)}\`\`\``);
    expect(short(block as Tree)).not.toContain('span');
  });
});

test.each([
  ['a file without frontmatter', '- [ ] a\n- [x] b', [1, 2]],
  ['lines after the frontmatter', '---\na: b\n---\n\n- [ ] a', [5]],
  ['a file with CRLF', '---\r\na: b\r\n---\r\n- [ ] a\r\n- [ ] b', [4, 5]],
  ['a byte-order mark', '\uFEFF---\na: b\n---\n- [ ] a', [4]],
  ['a loose list', 'x\n\n- [ ] a\n\n- [ ] b\n', [3, 5]],
  ['nested items', '- a\n  - [ ] b\n    - [x] c\n- [ ] d', [2, 3, 4]],
  [
    'boxes that LeanSpec does not know',
    '-\n  [ ] a\n- [ ] b\n\n1. [ ] c\n\n> - [ ] d',
    [null, 3, null, null],
  ],
  ['items of several lines', '- [ ] a\n  more\n- [ ] b', [1, 3]],
  ['code that looks like a task', '```\n- [ ] a\n```\n- [ ] b', [4]],
])('the lines of tasks are counted in the whole file: %s', (_, text, lines) => {
  expect(tasksOf(parseDocument(text)).map(({ line }) => line)).toEqual(lines);
});

test.each([
  ['---\na: b\n---\ntext', 'text'],
  ['---\r\na: b\r\n---\r\ntext', 'text'],
  ['\uFEFF---\na: b\n---\ntext', 'text'],
  ['---\na: b\n--- x\ntext', 'text'],
  ['---\na: b\ntext', '---\na: b\ntext'],
  ['text\n---\nmore\n---', 'text\n---\nmore\n---'],
])('the frontmatter of %j is left out', (text, wanted) => {
  expect(withoutFrontmatter(text)).toBe(wanted);
});

test.each([
  ['nested quotes', '>'.repeat(5000) + ' x'],
  [
    'nested lists',
    Array.from({ length: 500 }, (_, depth) => `${'  '.repeat(depth)}- x`).join('\n'),
  ],
  ['emphasis', '*a_ '.repeat(5000)],
  ['brackets', '['.repeat(5000) + ']'.repeat(5000)],
  ['backticks', '`'.repeat(20_000)],
  ['NUL and lone surrogates', 'a\0b\uD800c'],
])('%s are parsed within a second', (_, text) => {
  const before = performance.now();
  try {
    parseDocument(text);
  } catch (cause) {
    expect(cause).toBeInstanceOf(TooDeep);
  }
  expect(performance.now() - before).toBeLessThan(1000);
});

test('a document that is nested too deep is refused, for its inside would be missing', () => {
  expect(() => parseDocument(`${'>'.repeat(120)} inside\n\nafter`)).toThrow(TooDeep);
  expect(() => parseDocument(`${'>'.repeat(60)} inside\n\nafter`)).not.toThrow();
});
