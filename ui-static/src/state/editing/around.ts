// What the ledger of edits must know of the state around it, read from a relay's state.

import type { Machine } from '../../wire/types';
import { mainFile } from '../spec-facts';
import type { SpecBook } from '../specs.svelte';
import type { Around } from './ledger.svelte';

/** The version of a file whose text is on the screen. */
export interface ShownText {
  machine: string;
  project: string;
  path: string;
  hash: string;
}

export interface Surroundings {
  readonly away: boolean;
  machine(id: string): Machine | null;
  /** The specs of a project, by `machine/project`; null when nobody asked for them. */
  bookOf(place: string): SpecBook | null;
  /** Null when there is none. */
  readonly shownText: ShownText | null;
}

export function around(state: Surroundings): Around {
  const look: Around = {
    machine: (id) => state.machine(id),
    hashOf: ({ machine, project, file }) => {
      const specs = state.bookOf(`${machine}/${project}`)?.specs ?? [];
      const files = specs.flatMap((spec) => spec.files);
      return files.find(({ path }) => path === file)?.hash ?? null;
    },
    textHashOf: (place) => {
      const { machine, project, path, hash } = state.shownText ?? {};
      const isIt = place.machine === machine && place.project === project && place.file === path;
      return (isIt ? hash : null) ?? look.hashOf(place);
    },
    mainFile: (machine, project, path) => {
      const spec = state.bookOf(`${machine}/${project}`)?.find(path)?.spec;
      return (spec && mainFile(spec)?.path) ?? `${path}/README.md`;
    },
    away: () => state.away,
  };
  return look;
}
