// What the palette shows for what was typed: groups of actions, what was chosen last before all else.
// Pure but for the matching, which is fuzzy.ts's.

import { found } from '../../state/fuzzy';
import type { Action } from './actions.svelte';

/** Rows that are offered at a time. */
const SHOWN_MAX = 40;
/** And of projects that this page does not hold. */
const FAR_SHOWN_MAX = 20;

export interface ResultGroup {
  kind: Action['kind'] | 'recent';
  items: Action[];
}

/**
 * `lately` are ids, the newest first. Specs are offered once something was typed. `far` may grow while
 * it is shown: what is found there comes after all else, so that nothing moves.
 */
export function results(
  all: readonly Action[],
  lately: readonly string[],
  query: string,
  far: readonly (readonly Action[])[] = [],
): ResultGroup[] {
  const asked = query.trim() !== '';
  const matches = asked ? matching(all, query) : all.filter(({ kind }) => kind !== 'spec');
  const before = lately.flatMap((id) => (asked ? matches : all).find((one) => one.id === id) ?? []);
  const groups: ResultGroup[] = before.length > 0 ? [{ kind: 'recent', items: before }] : [];
  for (const action of matches.filter((one) => !before.includes(one)).slice(0, SHOWN_MAX)) {
    const group = groups.find(({ kind }) => kind === action.kind);
    if (group) group.items.push(action);
    else groups.push({ kind: action.kind, items: [action] });
  }
  const elsewhere = far.flatMap((project) => matching(project, query)).slice(0, FAR_SHOWN_MAX);
  return elsewhere.length > 0 ? [...groups, { kind: 'far', items: elsewhere }] : groups;
}

/** The best first; none while nothing is asked. */
function matching(actions: readonly Action[], query: string): Action[] {
  const texts = actions.map(({ label, detail = '', more = '' }) => `${label} ${detail} ${more}`);
  return found(texts, query).flatMap((index) => actions[index] ?? []);
}
