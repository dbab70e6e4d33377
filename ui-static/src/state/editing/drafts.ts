// What a person typed and did not save yet, kept against a reload for as long as the tab lives.

export interface Draft {
  /** The text as typed. */
  text: string;
  /** The exact text of the file when typing began. */
  original: string;
  /** Its hash. */
  hash: string;
  /** The edit that saves it, once that was made; kept until that is done, for it may conflict. */
  edit: string | null;
}

type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const PREFIX = 'draft ';

export class Drafts {
  constructor(private readonly store: Store | null = sessionStore()) {}

  read(place: string): Draft | null {
    try {
      const draft = JSON.parse(this.store?.getItem(PREFIX + place) ?? 'null') as Draft | null;
      return typeof draft?.text === 'string' && typeof draft.hash === 'string' ? draft : null;
    } catch {
      return null;
    }
  }

  /** Whether it is kept: a browser may refuse, or have no room. */
  write(place: string, draft: Draft): boolean {
    try {
      this.store?.setItem(PREFIX + place, JSON.stringify(draft));
      return this.store !== null;
    } catch {
      return false;
    }
  }

  drop(place: string): void {
    this.store?.removeItem(PREFIX + place);
  }
}

function sessionStore(): Store | null {
  try {
    return globalThis.sessionStorage ?? null;
  } catch {
    // Storage switched off: asking for it is refused already.
    return null;
  }
}
