// Parses documents away from the page's own thread, where a hostile one can be stopped.

import { parseDocument, TooDeep } from './parse';
import type { Tree } from './tree';

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<{ id: number; text: string }>) => void) | null;
  postMessage(message: unknown): void;
};

scope.onmessage = ({ data }) => {
  scope.postMessage({ id: data.id, blocks: blocksOf(data.text) });
};
scope.postMessage({ ready: true });

/** Null where the plain text is to be shown instead. */
function blocksOf(text: string): Tree[] | null {
  try {
    return parseDocument(text);
  } catch (cause) {
    if (cause instanceof TooDeep) return null;
    throw cause;
  }
}
