// Which menu of a row or card is asked for.

import type { Shown } from './listing.svelte';

export interface Asked {
  item: Shown;
  field: 'status' | 'priority';
  /** Where it opens. */
  anchor: HTMLElement;
}
