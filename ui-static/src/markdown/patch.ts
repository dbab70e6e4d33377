// Shows a changed document in place of the one before: blocks that stayed the same stay the same
// nodes, so the reader keeps place, selection and focus. Ticking a task changes its box and no block.

import { buildNode, type Surroundings } from './dom';
import { type Task, tasksOf, type Tree } from './tree';

/** A block without what a box says of itself: that is told to the box. */
function keyOf(block: Tree): string {
  return JSON.stringify(block, (name, value: unknown) =>
    name === 'checked' || name === 'line' ? undefined : value,
  );
}

export class ShownBlocks {
  private keys: string[] = [];
  private tickable = false;

  constructor(private readonly container: HTMLElement) {}

  /** Says whether tasks may be ticked. */
  allow(tickable: boolean): void {
    this.tickable = tickable;
    for (const box of this.boxes) box.disabled = !tickable || !box.dataset['line'];
  }

  /** The boxes of the tasks, in order. */
  get boxes(): HTMLInputElement[] {
    return [...this.container.querySelectorAll('input')];
  }

  /** Shows these blocks. Returns the elements that are new. */
  show(blocks: readonly Tree[], around: Surroundings): Element[] {
    const focused = this.boxes.find((box) => box === document.activeElement);
    const keys = blocks.map(keyOf);
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
    this.tell(tasksOf(blocks));
    if (focused && !focused.isConnected) this.refocus(focused);
    return fresh.filter((node) => node instanceof Element);
  }

  private tell(tasks: readonly Task[]): void {
    const boxes = this.boxes;
    // Boxes nested too deep to be shown: then no box knows its task, and none can be ticked.
    const known = boxes.length === tasks.length;
    for (const [index, box] of boxes.entries()) {
      const task = known ? tasks[index] : undefined;
      if (task) box.checked = task.checked;
      if (task?.line) box.dataset['line'] = String(task.line);
      else delete box.dataset['line'];
    }
    this.allow(this.tickable);
  }

  /** The list with the box in it was built anew: the reader stays at the same task. */
  private refocus(focused: HTMLInputElement): void {
    const label = focused.getAttribute('aria-label');
    const same = this.boxes.find((box) => box.getAttribute('aria-label') === label);
    same?.focus({ preventScroll: true });
  }
}
