// Parses documents away from the page's own thread, where a hostile one can be stopped.

import { parseDocument } from './parse';

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<{ id: number; text: string }>) => void) | null;
  postMessage(message: unknown): void;
};

scope.onmessage = ({ data }) => {
  scope.postMessage({ id: data.id, blocks: parseDocument(data.text) });
};
scope.postMessage({ ready: true });
