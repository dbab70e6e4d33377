// Whether the page is dark now: what was chosen, else what the system says.

import { MediaQuery } from 'svelte/reactivity';

import { preferences } from '../state/preferences.svelte';

const system = new MediaQuery('(prefers-color-scheme: dark)');

export function isDark(): boolean {
  const { theme } = preferences.now;
  return theme === 'system' ? system.current : theme === 'dark';
}
