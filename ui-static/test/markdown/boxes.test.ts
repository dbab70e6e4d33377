// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest';

import type { Surroundings } from '../../src/markdown/dom';
import { parseDocument } from '../../src/markdown/parse';
import { ShownBlocks } from '../../src/markdown/patch';
import type { Tree } from '../../src/markdown/tree';

const nowhere: Surroundings = { internalHref: () => null, image: () => null };

function open(text: string) {
  const container = document.createElement('div');
  document.body.append(container);
  const blocks = new ShownBlocks(container);
  blocks.allow(true);
  const show = (next: string) => blocks.show(parseDocument(next), nowhere);
  show(text);
  const told = () =>
    blocks.boxes.map((box) => `${box.dataset['line'] ?? '?'}${box.checked ? 'x' : ''}`);
  return { blocks, show, told };
}

describe('the boxes of tasks', () => {
  test('know their lines and whether they are ticked', () => {
    expect(open('# T\n\n- [ ] a\n- [x] b\n').told()).toEqual(['3', '4x']);
  });

  test('are ticked without building anything anew', () => {
    const { blocks, show, told } = open('text\n\n- [ ] a\n- [ ] b\n');
    const [first] = blocks.boxes;
    expect(show('text\n\n- [x] a\n- [ ] b\n')).toEqual([]);
    expect(told()).toEqual(['3x', '4']);
    expect(blocks.boxes[0]).toBe(first);
  });

  test('learn their new lines when the frontmatter grows, and stay', () => {
    const { blocks, show, told } = open('---\na: b\n---\n- [ ] a\n');
    const [first] = blocks.boxes;
    expect(show('---\na: b\nc: d\ne: f\n---\n- [x] a\n')).toEqual([]);
    expect(told()).toEqual(['6x']);
    expect(blocks.boxes[0]).toBe(first);
  });

  test('show what the text says after a tap that came to nothing', () => {
    const { blocks, show, told } = open('- [ ] a\n');
    const [box] = blocks.boxes;
    if (box) box.checked = true;
    show('- [ ] a\n');
    expect(told()).toEqual(['1']);
  });

  test('keep the focus at the same task when their list is built anew', () => {
    const { blocks, show } = open('- [ ] a\n- [ ] b\n');
    blocks.boxes[1]?.focus();
    show('- [ ] new\n- [ ] a\n- [ ] b\n');
    expect(document.activeElement).toBe(blocks.boxes[2]);
  });

  test('cannot be ticked where it is not certain which task they are', () => {
    const container = document.createElement('div');
    const blocks = new ShownBlocks(container);
    const box: Tree = { tag: 'input', attributes: { label: 'deep', line: '1' } };
    let deep: Tree = box;
    for (let depth = 0; depth < 120; depth += 1) deep = { tag: 'blockquote', children: [deep] };
    blocks.show([deep, { tag: 'input', attributes: { label: 'flat', line: '9' } }], nowhere);
    blocks.allow(true);
    expect(blocks.boxes.map((one) => one.dataset['line'])).toEqual([undefined]);
    expect(blocks.boxes[0]?.disabled).toBe(true);
  });

  test('take no line that is no number', () => {
    const blocks = new ShownBlocks(document.createElement('div'));
    blocks.show([{ tag: 'input', attributes: { line: '1;alert(1)' } }], nowhere);
    expect(blocks.boxes[0]?.dataset['line']).toBeUndefined();
  });
});
