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
