// Shows a changed document in place of the one before: blocks that stayed the same stay the same
// nodes, so the reader keeps place, selection and focus.

import { buildNode, type Surroundings } from './dom';
import type { Tree } from './tree';

export class ShownBlocks {
  private keys: string[] = [];

  constructor(private readonly container: HTMLElement) {}

  /** Shows these blocks. Returns the elements that are new. */
  show(blocks: readonly Tree[], around: Surroundings): Element[] {
    const keys = blocks.map((block) => JSON.stringify(block));
    const shorter = Math.min(keys.length, this.keys.length);
    let head = 0;
    while (head < shorter && keys[head] === this.keys[head]) head += 1;
    let tail = 0;
    while (tail < shorter - head && keys.at(-1 - tail) === this.keys.at(-1 - tail)) tail += 1;

    const old = [...this.container.childNodes].slice(head, this.keys.length - tail);
    const fresh = blocks.slice(head, keys.length - tail).map((block) => buildNode(block, around));
    const next = this.container.childNodes[this.keys.length - tail] ?? null;
    for (const node of fresh) this.container.insertBefore(node, next);
    for (const node of old) node.remove();
    this.keys = keys;
    return fresh.filter((node) => node instanceof Element);
  }
}
