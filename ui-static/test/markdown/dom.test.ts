// @vitest-environment happy-dom
import { describe, expect, test, vi } from 'vitest';

import { buildNode, externalHref, type Surroundings } from '../../src/markdown/dom';
import { parseDocument } from '../../src/markdown/parse';
import { ShownBlocks } from '../../src/markdown/patch';
import type { Tree } from '../../src/markdown/tree';

const nowhere: Surroundings = { internalHref: () => null, image: () => null };
const inside: Surroundings = {
  internalHref: (href) => (/^[a-z]+:/i.test(href) ? null : `#/inside/${href}`),
  image: () => null,
};

function shown(trees: Tree[], around = nowhere): HTMLElement {
  const container = document.createElement('div');
  container.append(...trees.map((tree) => buildNode(tree, around)));
  return container;
}

/** Everything in a document that could run, fetch, submit or take a name of the page. */
function dangers(container: HTMLElement): string[] {
  const elements = [...container.querySelectorAll('*')];
  const forbidden =
    /^(script|style|iframe|object|embed|form|link|meta|base|svg|math|template|video|audio|img|button|textarea|select|details)$/;
  return elements.flatMap((element) => {
    const tag = element.localName;
    const attributes = element.getAttributeNames();
    const href = element.getAttribute('href') ?? '#';
    return [
      ...(forbidden.test(tag) ? [`<${tag}>`] : []),
      ...attributes.filter((name) => /^on|^style$|^src|^action$|^formaction$|^name$/i.test(name)),
      ...(/^(https?:|mailto:|#)/.test(href) ? [] : [`href=${href}`]),
      ...(element.id !== '' && !element.id.startsWith('h-') ? [`id=${element.id}`] : []),
    ];
  });
}

/** Texts that a cloned repository or an agent might hold against whoever reads it. */
const HOSTILE = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg onload=alert(1)><script>alert(1)</script></svg>',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
  '<a href="javascript:alert(1)">x</a>',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](java\nscript:alert(1))',
  '[x](&#106;avascript:alert(1))',
  '[x](data:text/html;base64,PHNjcmlwdD4=)',
  '[x](vbscript:msgbox(1))',
  '[x](file:///etc/passwd)',
  '[x](blob:https://e.org/1)',
  '<javascript:alert(1)>',
  '[x]: javascript:alert(1)\n\n[x]',
  '![x](javascript:alert(1))',
  '![x](https://tracker.example/pixel.png)',
  '![x" onerror="alert(1)](https://e.org/x.png)',
  '[x](https://e.org "\\" onmouseover=\\"alert(1)")',
  '# location\n\n# __proto__\n\n# <b id=app>app</b>',
  '```"><script>alert(1)</script>\ncode\n```',
  '```js onload=alert(1)\nx\n```',
  '`<script>alert(1)</script>`',
  '<style>*{display:none}</style>',
  '<form action="https://e.org"><input name=key></form>',
  '| <script>alert(1)</script> | [x](javascript:1) |\n|---|---|\n| <img src=x> | y |',
  '- [ ] <img src=x onerror=alert(1)>',
  '<!-- --><script>alert(1)</script>',
  '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>',
];

describe('hostile Markdown', () => {
  test.each(HOSTILE)('%j shows as text and does nothing', (text) => {
    const container = shown(parseDocument(text), inside);
    expect(dangers(container)).toEqual([]);
  });
});

describe('a tree that our worker would never make', () => {
  const table: [string, Tree][] = [
    ['a script', { tag: 'script', children: ['alert(1)'] }],
    ['a frame', { tag: 'iframe', attributes: { srcdoc: '<script>alert(1)</script>' } }],
    ['a link element', { tag: 'link', attributes: { rel: 'stylesheet', href: 'https://e.org' } }],
    ['an event handler', { tag: 'p', attributes: { onclick: 'alert(1)', style: 'x', id: 'app' } }],
    ['a script link', { tag: 'a', attributes: { href: 'javascript:alert(1)', onclick: 'x' } }],
    ['a heading with a name of the page', { tag: 'h2', attributes: { id: 'app' } }],
    ['a class of the page', { tag: 'span', attributes: { class: 'strip bad' } }],
    ['an image', { tag: 'img', attributes: { src: 'https://e.org/x.png', onerror: 'alert(1)' } }],
    ['a tag with a space', { tag: 'p onclick=alert(1)', children: [] }],
    [
      'an input of another kind',
      { tag: 'input', attributes: { type: 'image', src: 'x', label: 'x' } },
    ],
  ];
  test.each(table)('%s becomes nothing', (_, tree) => {
    const container = shown([tree]);
    expect(dangers(container)).toEqual([]);
    expect(container.querySelector('.strip')).toBeNull();
  });

  test('nests only so deep', () => {
    let tree: Tree = 'x';
    for (let depth = 0; depth < 20_000; depth += 1) tree = { tag: 'blockquote', children: [tree] };
    expect(shown([tree]).querySelectorAll('blockquote').length).toBeLessThan(150);
  });
});

test.each([
  ['https://e.org/a', 'https://e.org/a'],
  ['HTTP://e.org', 'http://e.org/'],
  ['mailto:a@e.org', 'mailto:a@e.org'],
  ['ftp://e.org', null],
  ['//e.org', null],
  ['https:e.org', null],
  [' javascript:alert(1)', null],
])('the address %j outside is %j', (href, wanted) => {
  expect(externalHref(href)).toBe(wanted);
});

test('a link outside opens elsewhere and tells nobody where it was', () => {
  const link = shown(parseDocument('[x](https://e.org)')).querySelector('a');
  expect(link?.rel).toBe('noopener noreferrer nofollow');
  expect(link?.target).toBe('_blank');
});

test('a link to another spec stays in the page, and one to nowhere is no link', () => {
  expect(
    shown(parseDocument('[x](../a.md)'), inside).querySelector('a')?.getAttribute('href'),
  ).toBe('#/inside/../a.md');
  expect(shown(parseDocument('[x](../a.md)')).querySelector('a')).toBeNull();
});

test('an image of the folder appears in its place, one from outside is named', async () => {
  const own: Surroundings = {
    ...nowhere,
    image: (src) => (src === 'a.png' ? Promise.resolve('blob:https://ui/1') : null),
  };
  const container = shown(parseDocument('![Own](a.png) ![Other](https://e.org/b.png)'), own);
  await vi.waitFor(() => expect(container.querySelectorAll('img')).toHaveLength(1));
  expect(container.querySelector('img')?.alt).toBe('Own');
  expect(container.textContent).toContain('Image, not loaded: Other');
});

test('an image source that is no blob is never shown', async () => {
  const bad: Surroundings = { ...nowhere, image: () => Promise.resolve('https://e.org/x.png') };
  const container = shown(parseDocument('![x](a.png)'), bad);
  await Promise.resolve();
  expect(container.querySelector('img')).toBeNull();
});

describe('a document that changes', () => {
  test('keeps the nodes of the blocks that stay', () => {
    const container = document.createElement('div');
    const blocks = new ShownBlocks(container);
    expect(blocks.show(parseDocument('# A\n\none\n\ntwo\n\nthree'), nowhere)).toHaveLength(4);
    const [heading, one, , three] = container.children;
    const fresh = blocks.show(parseDocument('# A\n\none\n\nTWO\n\nand a half\n\nthree'), nowhere);
    expect(fresh.map((element) => element.textContent)).toEqual(['TWO', 'and a half']);
    expect([...container.children].map((child) => child.textContent)).toEqual([
      'A',
      'one',
      'TWO',
      'and a half',
      'three',
    ]);
    expect(container.children[0]).toBe(heading);
    expect(container.children[1]).toBe(one);
    expect(container.children[4]).toBe(three);
  });

  test.each([
    ['one\n\none\n\none', 'one\n\none'],
    ['a\n\nb', ''],
    ['', 'a\n\nb'],
    ['a\n\nb\n\nc', 'c\n\na'],
    ['a', 'b\n\na\n\nb\n\na'],
  ])('from %j to %j shows the new one', (before, after) => {
    const container = document.createElement('div');
    const blocks = new ShownBlocks(container);
    blocks.show(parseDocument(before), nowhere);
    blocks.show(parseDocument(after), nowhere);
    const wanted = shown(parseDocument(after));
    expect(container.innerHTML).toBe(wanted.innerHTML);
  });
});
