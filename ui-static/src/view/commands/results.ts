// What the palette shows for what was typed: groups of actions, what was chosen last before all else.
// Pure but for the matching, which is fuzzy.ts's.

import { found } from '../../state/fuzzy';
import type { Action } from './actions.svelte';

/** Rows that are offered at a time. */
const SHOWN_MAX = 40;

export interface ResultGroup {
  kind: Action['kind'] | 'recent';
  items: Action[];
}

/** `lately` are ids, the newest first. Specs are offered once something was typed. */
export function results(
  all: readonly Action[],
  lately: readonly string[],
  query: string,
): ResultGroup[] {
  const texts = all.map(({ label, detail = '', more = '' }) => `${label} ${detail} ${more}`);
  const asked = query.trim() !== '';
  const matches = asked
    ? found(texts, query).flatMap((index) => all[index] ?? [])
    : all.filter(({ kind }) => kind !== 'spec');
  const before = lately.flatMap((id) => (asked ? matches : all).find((one) => one.id === id) ?? []);
  const groups: ResultGroup[] = before.length > 0 ? [{ kind: 'recent', items: before }] : [];
  for (const action of matches.filter((one) => !before.includes(one)).slice(0, SHOWN_MAX)) {
    const group = groups.find(({ kind }) => kind === action.kind);
    if (group) group.items.push(action);
    else groups.push({ kind: action.kind, items: [action] });
  }
  return groups;
}
