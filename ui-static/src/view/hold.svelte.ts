// Keeps what is on the screen in its place while somebody is about to hit it: a finger is down, or a
// menu is open. What arrives meanwhile is applied, and moves things afterwards.

class Hold {
  private held = $state(0);
  /** A finger or a button of the mouse is down. */
  pressed = $state(false);

  get active(): boolean {
    return this.held > 0 || this.pressed;
  }

  /** Holds until the returned function is called. */
  take(): () => void {
    this.held += 1;
    let given = false;
    return () => {
      if (!given) this.held -= 1;
      given = true;
    };
  }

  /** Watches the pointer; returns what ends it. */
  run(): () => void {
    const down = () => (this.pressed = true);
    // The click comes after the pointer is up, and must still find its target.
    const up = () => setTimeout(() => (this.pressed = false));
    const events = ['pointerup', 'pointercancel', 'blur'] as const;
    window.addEventListener('pointerdown', down);
    for (const name of events) window.addEventListener(name, up);
    return () => {
      window.removeEventListener('pointerdown', down);
      for (const name of events) window.removeEventListener(name, up);
    };
  }
}

export const hold = new Hold();
