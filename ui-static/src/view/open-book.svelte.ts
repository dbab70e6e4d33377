// The specs of a project for a screen: asked for when the screen opens, and again when the relay is
// back after a try that failed.

import { untrack } from 'svelte';

import type { RelayState } from '../state/relay.svelte';
import { wordsOf } from '../state/failure-words';

export class OpenBook {
  /** Why the specs could not be fetched; empty when they could, or nothing was tried yet. */
  failure = $state('');

  /** To be made while a component starts; `place` says which project the screen is of. */
  constructor(
    private readonly relay: RelayState,
    private readonly place: () => { machine: string; project: string },
  ) {
    $effect(() => {
      // Read so that a change of the link tries once more; a failure alone must not.
      void this.relay.link.phase;
      const { book } = this;
      if (!book.joint.held) untrack(() => this.open());
    });
  }

  get book() {
    const { machine, project } = this.place();
    return this.relay.specs(machine, project);
  }

  open(): void {
    this.failure = '';
    const { machine, project } = this.place();
    this.relay.open(machine, project).catch((cause: unknown) => (this.failure = wordsOf(cause)));
  }
}
