// Which edits need somebody, and which only wait. Pure.

import { replacedBy } from './chain';
import { type Edit, isTroubled } from './edit';

/** Whether a person has to decide or look: the machine will not go on by itself. */
export const needsSomebody = (edit: Edit): boolean => isTroubled(edit) || edit.phase === 'unknown';

/** Whether it only waits, for the relay or for the machine. */
export const isWaiting = (edit: Edit): boolean =>
  edit.phase === 'sending' || edit.phase === 'taken';

/** How long ago an edit may have ended badly to be told of again, in milliseconds. */
const TOLD_FOR_MS = 14 * 24 * 3600 * 1000;

/**
 * The edits of a relay's own list, in order of acceptance, that ended badly and that nobody settled:
 * not applied to the newer version since, not followed by another edit of the same thing, not too
 * old to matter.
 */
export function unsettled(edits: readonly Edit[], now: number): Edit[] {
  return edits.filter((edit, index) => {
    if (!isTroubled(edit) || edit.command?.rebased_as) return false;
    const ended = Date.parse(edit.command?.ended_at ?? '');
    if (Number.isNaN(ended) || now - ended > TOLD_FOR_MS) return false;
    // Forgotten with its machine or project: there is nothing left to decide about.
    if (edit.command?.outcome?.reason === 'forgotten') return false;
    return replacedBy(edit, edits.slice(index + 1)).length === 0;
  });
}
