// @vitest-environment happy-dom
import { expect, test, vi } from 'vitest';

import { buildNode } from '../../src/markdown/dom';
import { furnish } from '../../src/markdown/furnish';
import { headingIds, headingsOf, linksOf } from '../../src/markdown/outline';
import { parseDocument } from '../../src/markdown/parse';

const nowhere = { internalHref: () => null, image: () => null };

function furnished(text: string) {
  const furnishing = { copyCode: vi.fn(), copyHeading: vi.fn(), diagram: vi.fn() };
  const container = document.createElement('div');
  container.append(...parseDocument(text).map((tree) => buildNode(tree, nowhere)));
  furnish([...container.children], furnishing);
  return { container, furnishing };
}

test('code gets a button that copies exactly its text', () => {
  const { container, furnishing } = furnished('```ts\nconst a = 1;\n\n  b();\n```');
  container.querySelector<HTMLButtonElement>('.copy')?.click();
  expect(furnishing.copyCode).toHaveBeenCalledWith('const a = 1;\n\n  b();\n');
});

test('code inside a list and a quote gets one too', () => {
  const { container } = furnished('- a\n  ```sh\n  ls\n  ```\n\n> ```\n> x\n> ```\n');
  expect(container.querySelectorAll('.copy')).toHaveLength(2);
});

test('a heading gets a button beside it, so that its own name stays its text', () => {
  const { container, furnishing } = furnished('## Design & plan\n\ntext');
  expect(container.querySelector('h2')?.textContent).toBe('Design & plan');
  const button = container.querySelector<HTMLButtonElement>('.heading > .anchor');
  expect(button?.getAttribute('aria-label')).toContain('Design & plan');
  button?.click();
  expect(furnishing.copyHeading).toHaveBeenCalledWith('h-design-plan');
});

test('a diagram is handed over with its source; other code is not', () => {
  const { furnishing } = furnished('```mermaid\npie\n```\n\n```text\npie\n```');
  expect(furnishing.diagram).toHaveBeenCalledTimes(1);
  expect(furnishing.diagram.mock.calls[0]?.[2]).toBe('pie\n');
});

test('the table of contents counts its depth from the outermost heading that occurs', () => {
  const lines = headingsOf(parseDocument('### A\n\n#### B `c`\n\n### D\n\n###### E\n\n####\n'));
  expect(lines.map(({ text, depth }) => [text, depth])).toEqual([
    ['A', 0],
    ['B c', 1],
    ['D', 0],
  ]);
});

test('a heading of the first level stands with those of the second, as the page shows them', () => {
  const lines = headingsOf(parseDocument('# A\n\n## B\n\n### C\n'));
  expect(lines.map(({ depth }) => depth)).toEqual([0, 0, 1]);
});

test('links and images are listed with the lines of the file they stand on', () => {
  const text = `---
status: planned
---

# T

one [a](A.md)
two ![b](b.png) **and
[c](C.md)**

- [d](D.md)
- x

  [e](E.md)

| h |
|---|
| [f](F.md) |
`;
  expect(linksOf(parseDocument(text)).map(({ href, line }) => `${href}:${line}`)).toEqual([
    'A.md:7',
    'b.png:8',
    'C.md:9',
    'D.md:11',
    'E.md:14',
    'F.md:18',
  ]);
});

test('every heading can be linked to, also one inside a quote', () => {
  expect(headingIds(parseDocument('# A\n\n> ## B\n\n##### C'))).toEqual(['h-a', 'h-b', 'h-c']);
});
