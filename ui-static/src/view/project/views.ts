// The ways to look at a project, each in a chunk of its own. All of them get the same.

import type { Component } from 'svelte';

import type { RelayState } from '../../state/relay.svelte';
import type { SpecBook } from '../../state/specs.svelte';
import type { ProjectPage, View } from '../route';

export interface ViewProps {
  relay: RelayState;
  page: ProjectPage;
  /** Its specs, already there. */
  book: SpecBook;
}

export const views: Partial<Record<View, () => Promise<{ default: Component<ViewProps> }>>> = {
  list: () => import('./List.svelte'),
};
