// Which of the commands' overlays is open. Apart from them, so that a button can ask for one before
// their code is there.

export type OverlayName = 'palette' | 'keys' | 'machines';

class Overlay {
  open: OverlayName | null = $state(null);
  /** Where the switch of machines opens. */
  anchor: HTMLElement | null = null;

  show(name: OverlayName, anchor: HTMLElement | null = null): void {
    this.anchor = anchor;
    this.open = name;
  }

  /** Closes this one; the late word of one that closed must not close what came in its place. */
  close(name: OverlayName): void {
    if (this.open === name) this.open = null;
  }
}

export const overlay = new Overlay();
