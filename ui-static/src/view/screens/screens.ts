// The screens, each in a chunk of its own: the first load brings only what stands around them.

import type { Component } from 'svelte';

import type { RelayState } from '../../state/relay.svelte';
import type { Page } from '../route';

export interface ScreenProps<P extends Page = Page> {
  relay: RelayState;
  page: P;
}

type Loaded = { default: Component<ScreenProps<never>> | Component };

const load: Partial<Record<Page['name'], () => Promise<Loaded>>> = {
  machines: () => import('./Machines.svelte'),
  machine: () => import('./Machine.svelte'),
  project: () => import('./Project.svelte'),
  spec: () => import('./Spec.svelte'),
  compare: () => import('./Compare.svelte'),
  unknown: () => import('./Unknown.svelte'),
  settings: () => import('./Settings.svelte'),
  inbox: () => import('./Inbox.svelte'),
  activity: () => import('./Activity.svelte'),
};

export type Screen = Component<ScreenProps>;
const loaded = new Map<Page['name'], Screen>();

/** The screen of a page when it is there already, so that going to it skips no frame. */
export function screenAt(name: Page['name']): Screen | null {
  return loaded.get(name) ?? null;
}

/** Fetches the screen of a page; null where there is none. */
export async function loadScreen(name: Page['name']): Promise<Screen | null> {
  const found = (await load[name]?.())?.default as Screen | undefined;
  if (found) loaded.set(name, found);
  return found ?? null;
}

/** Fetches all of them: nothing can be fetched once the way to the host of this page is closed. */
export async function loadScreens(): Promise<void> {
  for (const name of Object.keys(load)) await loadScreen(name as Page['name']);
}

/** What makes two pages the same screen, which then is kept and told of the change. */
export function screenKey(page: Page): string {
  if (page.name === 'project') return `${page.machine}/${page.project}`;
  if (page.name === 'compare') {
    return `${page.machine}/${page.project}/${page.spec} ${page.other}`;
  }
  if (page.name === 'spec') return `${page.machine}/${page.project}/${page.spec}`;
  if (page.name === 'machine') return page.machine;
  return page.name;
}
