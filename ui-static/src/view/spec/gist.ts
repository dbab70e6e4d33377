// The lesser facts of a spec in one line, for where they are folded. Pure.

import type { Relations } from '../../state/relations';
import type { Summary } from '../../wire/types';

interface Words {
  due: string;
  relationsOf: (count: number) => string;
}

/** When it is due, its tags, who does it, and how many specs it hangs together with. */
export function gistOf(
  { due, tags = [], assignee }: Summary,
  relations: Relations | null,
  words: Words,
): string {
  const { parent = null, dependsOn = [], requiredBy = [], children = [] } = relations ?? {};
  const related = Number(parent !== null) + dependsOn.length + requiredBy.length + children.length;
  return [
    ...(due ? [`${words.due} ${due}`] : []),
    ...(tags.length > 0 ? [tags.join(', ')] : []),
    ...(assignee ? [assignee] : []),
    ...(related > 0 ? [words.relationsOf(related)] : []),
  ].join(' · ');
}
