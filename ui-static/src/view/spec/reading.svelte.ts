// The version of a text that is on the screen, and the newer one that waits while somebody reads.

import { untrack } from 'svelte';

import { withoutFrontmatter } from '../../markdown/frontmatter';
import type { OpenDocument } from '../../state/document.svelte';
import { onArrival, type Reader } from '../../state/reading';
import { sheets } from '../editing/sheets.svelte';

/** A page that moved no further is still at its top, in pixels. */
const SCROLLED_PX = 40;

export interface Version {
  path: string | null;
  hash: string;
  text: string | null;
}

interface Around {
  /** The text as it stands on the screen, edits under way included. */
  onScreen(): string | null;
  /** Whether changes made from this page are on their way. */
  own(): boolean;
  /** Whether the bytes are shown, and not what they say. */
  raw(): boolean;
  /** What is read. */
  place(): HTMLElement | undefined;
}

class Holding {
  /** Nothing that is read is swapped until it is asked for. Lasts until the page is closed. */
  on = $state(false);
}

export const holding = new Holding();

export class Reading {
  shown: Version = $state.raw({ path: null, hash: '', text: null });
  /** A newer version of what is shown; null when that is the newest. */
  newer: Version | null = $state.raw(null);

  /** To be made while a component starts. */
  constructor(
    opened: OpenDocument,
    private readonly around: Around,
  ) {
    $effect.pre(() => {
      const { path, hash, text } = opened;
      untrack(() => this.arrive({ path, hash, text }));
    });
  }

  /** Shows the newer version. */
  takeUp(): void {
    if (this.newer) this.shown = this.newer;
    this.newer = null;
  }

  get isBusy(): boolean {
    return onArrival(this.reader(), { same: false, own: false }) === 'announce';
  }

  private arrive(next: Version): void {
    const { path, hash, text } = this.shown;
    const isFirst = text === null || next.text === null || next.path !== path;
    if (isFirst || next.hash === hash) {
      if (isFirst) this.shown = next;
      this.newer = null;
      return;
    }
    const arrival = { same: this.reads(next.text), own: this.around.own() };
    if (onArrival(this.reader(), arrival) === 'announce') {
      this.newer = next;
      return;
    }
    this.shown = next;
    this.newer = null;
  }

  /** Whether a text reads as the one on the screen. */
  private reads(text: string | null): boolean {
    const shown = this.around.onScreen();
    if (shown === null || text === null) return false;
    if (this.around.raw()) return shown === text;
    return withoutFrontmatter(shown) === withoutFrontmatter(text);
  }

  private reader(): Reader {
    const place = this.around.place();
    const marked = document.getSelection();
    const isMarked =
      marked !== null && !marked.isCollapsed && place?.contains(marked.anchorNode) === true;
    const { activeElement } = document;
    // The whole of it has the focus where a newer version was just asked for.
    const isFocused = activeElement !== place && place?.contains(activeElement) === true;
    return {
      scrolled: window.scrollY > SCROLLED_PX,
      touching: isMarked || isFocused,
      editing: sheets.open?.name === 'text',
      holding: holding.on,
    };
  }
}
