// What of a relay's state goes into this device's copy. Pure.

import type { Machine, Project, Spec } from '../../wire/types';
import type { SpecBook } from '../specs.svelte';
import type { Shown } from './keeper';

export interface Held {
  /** Whether the relay answered. */
  readonly ready: boolean;
  readonly downSince: number | null;
  readonly machines: readonly Machine[];
  projects(machine: string): readonly Project[];
  bookOf(place: string): SpecBook | null;
  /** The projects whose specs somebody asked for, as `machine/project`. */
  places(): Iterable<string>;
}

export function shownBy(state: Held): Shown {
  const specsOf = (place: string): readonly Spec[] | null => {
    const book = state.bookOf(place);
    return book?.joint.held ? book.specs : null;
  };
  return {
    book: specsOf,
    relay() {
      if (!state.ready) return null;
      const at = state.downSince ?? Date.now();
      const held = [...state.places()].filter((place) => state.bookOf(place)?.joint.held);
      return {
        at,
        machines: state.machines,
        projects: state.machines.flatMap(({ id }) => state.projects(id)),
        books: Object.fromEntries(held.map((place) => [place, at])),
      };
    },
  };
}
