// The same spec on other machines, as far as the relay tells: asked for once the text is there.

import { untrack } from 'svelte';

import { filesApart, placesElsewhere, sameSpec } from '../../state/elsewhere';
import type { RelayState } from '../../state/relay.svelte';
import type { Machine, Spec } from '../../wire/types';

export interface Other {
  machine: Machine;
  project: string;
  /** `unknown` while its specs are on their way. */
  state: 'unknown' | 'same' | 'differs' | 'absent';
  spec: Spec | null;
}

/** After this the screen has what it was opened for, in milliseconds. */
const ASKED_AFTER_MS = 400;

export class Others {
  private readonly places = $derived.by(() => {
    const { machine, project } = this.place();
    const key = this.relay.project(machine, project)?.key;
    if (key === undefined) return [];
    return placesElsewhere({ machine, key }, this.relay.machines, (id) => this.relay.projects(id));
  });
  /** Apart from what is made of them: a book that is made here is no dependency of its maker. */
  private readonly books = $derived.by(() =>
    this.places.map(({ machine, project }) => this.relay.specs(machine.id, project.id)),
  );
  readonly list: readonly Other[] = $derived.by(() => {
    const own = this.spec();
    return this.places.map(({ machine, project }, index) => {
      const book = this.books[index];
      const spec = own && sameSpec(own, book?.specs ?? []);
      const state = stateOf(own, spec, book?.ready === true);
      return { machine, project: project.id, spec, state };
    });
  });

  /** To be made while a component starts. */
  constructor(
    private readonly relay: RelayState,
    private readonly place: () => { machine: string; project: string },
    private readonly spec: () => Spec | null,
  ) {
    $effect(() => {
      const places = this.places;
      const timer = setTimeout(() => {
        untrack(() => {
          // Not reached: the feed fetches them with everything else when it is back.
          for (const { machine, project } of places) {
            relay.open(machine.id, project.id).catch(() => undefined);
          }
        });
      }, ASKED_AFTER_MS);
      return () => clearTimeout(timer);
    });
  }
}

function stateOf(own: Spec | null, other: Spec | null, ready: boolean): Other['state'] {
  if (!ready || own === null) return 'unknown';
  if (other === null) return 'absent';
  return filesApart(own, other).length === 0 ? 'same' : 'differs';
}
