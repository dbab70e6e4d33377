// What an edited text stands on, and whether that is still so. Pure.

import type { Edit } from '../../state/editing/edit';

export interface Started {
  /** The exact text that typing began with. */
  original: string;
  /** Hash of the file then. */
  hash: string;
  /** Keys of the edits under way that the text already showed. */
  standsOn: readonly string[];
}

/**
 * Whether the file is still what the text stands on: unchanged, or changed by the very edits that it
 * showed, and with no other edit under way.
 */
export function isInSync(
  { hash, standsOn }: Started,
  now: string | null,
  pending: readonly Edit[],
  find: (key: string) => Edit | null,
): boolean {
  if (pending.some(({ key }) => !standsOn.includes(key))) return false;
  const made = standsOn.map((key) => find(key)?.command?.outcome?.hash);
  const isKnown = now === hash || made.includes(now);
  // One of them was not done: the text shows what will never be in the file.
  const isWhole = standsOn.every((key) => {
    const phase = find(key)?.phase;
    return phase !== undefined && !NOT_DONE.includes(phase);
  });
  return isKnown && isWhole;
}

const NOT_DONE: readonly Edit['phase'][] = [
  'conflict',
  'refused',
  'failed',
  'expired',
  'withdrawn',
];
