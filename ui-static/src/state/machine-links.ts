// The three links between a reader and a machine's disk, kept apart: what is wrong with one says
// nothing of the others. The middle one is `presence` of freshness.ts. Pure.

import type { Project } from '../wire/types';

/** What a machine says of its own disk, as far as the relay heard it. */
export interface DiskLink {
  state: 'none' | 'live' | 'indexing' | 'halted';
  /** The projects that the state is about. */
  names: string[];
  /** Files that are left out, with all projects. */
  notSent: number;
}

/** The worst of a machine's projects decides, since that is the one to look at. */
export function diskLink(projects: readonly Project[]): DiskLink {
  const notSent = projects.reduce((sum, { skipped }) => sum + (skipped?.length ?? 0), 0);
  const inState = (state: string) => projects.filter((project) => project.state === state);
  const names = (of: readonly Project[]) => of.map(({ name }) => name);
  const halted = inState('halted');
  if (halted.length > 0) return { state: 'halted', names: names(halted), notSent };
  const indexing = inState('indexing');
  if (indexing.length > 0) return { state: 'indexing', names: names(indexing), notSent };
  return { state: projects.length === 0 ? 'none' : 'live', names: names(projects), notSent };
}
