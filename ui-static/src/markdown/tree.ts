// The form in which a rendered document travels from the worker to the page: plain data, never HTML.

export interface Element {
  tag: string;
  attributes?: Record<string, string>;
  children?: Tree[];
}

export type Tree = string | Element;

/** All text of a piece of a document. */
export function textOf(tree: Tree): string {
  return typeof tree === 'string' ? tree : (tree.children ?? []).map(textOf).join('');
}

/** A task box: the line of the file it stands on, counted from 1, and whether it is ticked. */
export interface Task {
  line: number | null;
  checked: boolean;
}

/** The task boxes of a document, in order. */
export function tasksOf(trees: readonly Tree[]): Task[] {
  return trees.flatMap((tree): Task[] => {
    if (typeof tree === 'string') return [];
    if (tree.tag !== 'input') return tasksOf(tree.children ?? []);
    const line = /^\d{1,9}$/.exec(tree.attributes?.['line'] ?? '');
    return [{ line: line && Number(line[0]), checked: 'checked' in (tree.attributes ?? {}) }];
  });
}
