// The edits of this page, kept against a reload for as long as the tab lives: what was typed, what
// needs a person, and what may or may not have reached the relay.

import type { Edit } from './edit';
import { sheetWords } from '../../words/sheets';

type Store = Pick<Storage, 'getItem' | 'setItem'>;

/** More than this is not kept: a store has little room, and no person decides on more. */
const KEPT_MAX = 50;

export class KeptEdits {
  private readonly name: string;

  constructor(
    origin: string,
    private readonly store: Store | null = sessionStore(),
  ) {
    this.name = `edits ${origin}`;
  }

  /** As they were. What was on its way may have arrived: sending it again is the same command. */
  read(): Edit[] {
    try {
      const edits = JSON.parse(this.store?.getItem(this.name) ?? '[]') as Edit[];
      return edits.map((edit): Edit => {
        // How long the machine has been silent is counted anew.
        if (edit.phase !== 'sending') return { ...edit, answerableSince: null };
        const message = sheetWords().closedWhileSending;
        return { ...edit, phase: 'unsent', message };
      });
    } catch {
      return [];
    }
  }

  write(edits: readonly Edit[]): void {
    const open = edits.filter((edit) => edit.mine);
    try {
      this.store?.setItem(this.name, JSON.stringify(open.slice(-KEPT_MAX)));
    } catch {
      // No room, or storage switched off: then they live as long as the page.
    }
  }
}

function sessionStore(): Store | null {
  try {
    return globalThis.sessionStorage ?? null;
  } catch {
    return null;
  }
}
