// Keys of the page: each screen and part names its own while it is there, the help sheet and the
// command palette read them from here. No library: it is one listener and a table.

import { preferences } from '../state/preferences.svelte';
import { Tables } from './tables.svelte';

export interface Shortcut {
  /** As pressed, keys of a sequence apart by a space: `j`, `?`, `g l`, `Mod+k`, `Space`. */
  keys: string;
  /** What it does, in the language of the page. */
  words: () => string;
  /** Does it; false when it did not apply now, so that the browser's own meaning holds. */
  run: (event: KeyboardEvent) => boolean | void;
  /** Works in a text field too. */
  everywhere?: boolean;
}

/** How long the second key of a sequence is waited for. */
const SEQUENCE_MS = 1200;
const MODIFIERS = ['Control', 'Meta', 'Alt', 'Shift'];
const isMac = /Mac|iPhone|iPad/.test(globalThis.navigator?.userAgent ?? '');

/** The key of an event as a table writes it. `Mod` is Command on a Mac and Control elsewhere. */
export function pressed(event: KeyboardEvent, mac = isMac): string {
  const mod = mac ? event.metaKey : event.ctrlKey;
  const other = mac ? event.ctrlKey : event.metaKey;
  const letter = event.key.length === 1 && event.key !== ' ';
  return [
    mod ? 'Mod' : null,
    other ? (mac ? 'Control' : 'Meta') : null,
    event.altKey ? 'Alt' : null,
    // A sign such as `?` says already that Shift is held.
    event.shiftKey && (!letter || mod) ? 'Shift' : null,
    event.key === ' ' ? 'Space' : letter && mod ? event.key.toLowerCase() : event.key,
  ]
    .filter((part) => part !== null)
    .join('+');
}

/** How a shortcut is shown: `⌘K`, `Ctrl K`, `G L`. */
export function shownKeys(keys: string, mac = isMac): string[] {
  const names: Record<string, string> = {
    Mod: mac ? '⌘' : 'Ctrl',
    Alt: mac ? '⌥' : 'Alt',
    Shift: mac ? '⇧' : 'Shift',
    ArrowLeft: '←',
    ArrowRight: '→',
    ArrowUp: '↑',
    ArrowDown: '↓',
    Escape: 'Esc',
  };
  return (
    keys
      .split(' ')
      .flatMap((key) => key.split('+'))
      // A capital is a letter with Shift held.
      .flatMap((key) => (/^[A-Z]$/.test(key) ? ['Shift', key] : [key]))
      .map((key) => names[key] ?? (key.length === 1 ? key.toUpperCase() : key))
  );
}

function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches('input, textarea, select');
}

class Keys extends Tables<Shortcut> {
  private begun = '';
  private begunAt = 0;

  /** Follows the keyboard; once, at the start. */
  run(): void {
    window.addEventListener('keydown', (event) => this.press(event));
  }

  private press(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing || MODIFIERS.includes(event.key)) return;
    const key = pressed(event);
    const single = !/^(Mod|Control|Meta|Alt)\+/.test(key) && key.length === 1;
    if (single && !preferences.now.letterKeys) return;
    const field = isField(event.target);
    // An open dialog or menu has keys of its own; what lies under it must not answer.
    const covered = document.querySelector('dialog[open], [popover]:popover-open') !== null;
    const sequence = Date.now() - this.begunAt < SEQUENCE_MS ? `${this.begun} ${key}` : key;
    this.begun = '';
    for (const shortcut of this.all) {
      if ((field || covered) && !shortcut.everywhere) continue;
      if (shortcut.keys !== sequence && shortcut.keys !== key) {
        if (shortcut.keys.startsWith(`${key} `)) {
          this.begun = key;
          this.begunAt = Date.now();
        }
        continue;
      }
      if (shortcut.run(event) === false) continue;
      event.preventDefault();
      return;
    }
  }
}

export const keys = new Keys();
