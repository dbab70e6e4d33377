// What can be done now and has no key of its own: each screen and part names its own while it is
// there, as with keys; the command palette offers them.

import type { Status } from '../../state/spec-facts';
import { Tables } from '../tables.svelte';

/** `far`: a spec of a project that this page does not hold. */
export type Kind = 'open' | 'spec' | 'far' | 'do' | 'go' | 'set';

export interface Action {
  /** Its own among all, and the same tomorrow. */
  id: string;
  kind: Kind;
  /** What it does or where it leads, in the language of the page. */
  label: string;
  /** More to tell it by, e.g. the machine; searched too. */
  detail?: string;
  /** Searched and not shown. */
  more?: string;
  /** Shown before it. */
  status?: Status;
  /** The machine whose colour it has. */
  hue?: number;
  /** Keys that do the same. */
  keys?: string;
  /** Why it cannot be done now; null or absent when it can. */
  why?: string | null;
  run: () => void;
}

export const actions = new Tables<Action>();
