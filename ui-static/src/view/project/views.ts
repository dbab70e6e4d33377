// The ways to look at a project, each in a chunk of its own. All of them get the same.

import type { Component } from 'svelte';

import type { RelayState } from '../../state/relay.svelte';
import type { SpecBook } from '../../state/specs.svelte';
import { type ProjectPage, type View, VIEWS } from '../route';

export interface ViewProps {
  relay: RelayState;
  page: ProjectPage;
  /** Its specs, already there. */
  book: SpecBook;
}

export type ProjectView = Component<ViewProps>;

const views: Record<View, () => Promise<{ default: ProjectView }>> = {
  list: () => import('./List.svelte'),
  board: () => import('./Board.svelte'),
  graph: () => import('./Graph.svelte'),
  stats: () => import('./Stats.svelte'),
  activity: () => import('./Activity.svelte'),
};

const loaded = new Map<View, ProjectView>();

/** The view when it is there already: going back to it finds its place only in the same frame. */
export function viewAt(view: View): ProjectView | null {
  return loaded.get(view) ?? null;
}

/** Fetches a view. */
export async function loadView(view: View): Promise<ProjectView> {
  const { default: found } = await views[view]();
  loaded.set(view, found);
  return found;
}

/** Fetches all of them: nothing can be fetched once the way to the host of this page is closed. */
export async function loadViews(): Promise<void> {
  for (const view of VIEWS) await loadView(view);
}
