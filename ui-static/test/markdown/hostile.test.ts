// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';

import { buildNode } from '../../src/markdown/dom';
import { parseDocument } from '../../src/markdown/parse';
import { textOf } from '../../src/markdown/tree';

const TEXTS = Object.entries(
  import.meta.glob<string>('../../gates/hostile/texts/*.md', {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
);

/** All that a document is ever built of. */
const ELEMENTS =
  /^(p|ul|ol|li|blockquote|strong|em|s|code|br|hr|table|thead|tbody|tr|th|td|h[2-6]|a|pre|span|div|input)$/;
const ATTRIBUTES =
  /^(class|id|href|title|rel|target|start|type|disabled|checked|aria-label|tabindex|role|data-language|data-source)$/;

function built(source: string): { container: HTMLElement; text: string } {
  const blocks = parseDocument(source);
  const container = document.createElement('div');
  const around = { internalHref: () => null, image: () => null };
  for (const block of blocks) container.append(buildNode(block, around));
  return { container, text: blocks.map(textOf).join('\n') };
}

describe('a hostile text', () => {
  it('stands in a form of its own, one of many', () => {
    expect(TEXTS.length).toBeGreaterThan(40);
  });

  it.each(TEXTS)('is built of nothing but listed parts: %s', (_, source) => {
    const { container, text } = built(source);
    for (const element of container.querySelectorAll('*')) {
      expect(element.localName).toMatch(ELEMENTS);
      for (const { name } of element.attributes) expect(name).toMatch(ATTRIBUTES);
      if (element.id) expect(element.id).toMatch(/^h-/);
    }
    for (const link of container.querySelectorAll('a')) {
      expect(link.getAttribute('href')).toMatch(/^(https?:\/\/|mailto:)/);
    }
    expect(text).toContain('The end');
  });
});
