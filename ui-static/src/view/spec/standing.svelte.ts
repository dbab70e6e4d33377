// How a spec stands among the others of its project: relations and checks, worked out anew when one
// of them changes.

import type { HeadingLine } from '../../markdown/outline';
import { type Check, checkLinks, checkSpec, type TextLink } from '../../state/checks';
import { type Relations, relationsOf, SpecNames } from '../../state/relations';
import type { SpecBook } from '../../state/specs.svelte';
import type { Spec } from '../../wire/types';

/** What the text that is shown consists of. */
export interface Outline {
  path: string;
  headings: readonly HeadingLine[];
  ids: readonly string[];
  links: readonly TextLink[];
}

export const NO_OUTLINE: Outline = { path: '', headings: [], ids: [], links: [] };

export class Standing {
  outline: Outline = $state.raw(NO_OUTLINE);
  readonly specs: readonly Spec[] = $derived.by(() => this.book().specs);
  private readonly names = $derived.by(() => new SpecNames(this.specs));
  readonly relations: Relations | null = $derived.by(() => {
    const spec = this.spec();
    return spec && relationsOf(spec, this.specs, this.names);
  });
  readonly checks: readonly Check[] = $derived.by(() => {
    const spec = this.spec();
    // What was deleted while it was read fits nowhere, and need not.
    if (!spec || this.names.find(spec.path)?.path !== spec.path) return [];
    const { path, ids, links } = this.outline;
    const around = checkSpec(spec, this.specs, this.names);
    return [...around, ...checkLinks(path, links, new Set(ids), this.specs)];
  });

  /** To be made while a component starts. */
  constructor(
    private readonly book: () => SpecBook,
    private readonly spec: () => Spec | null,
  ) {}
}
