// Edits that ended badly and that somebody here wants to hear no more of. The relay tells of them for
// weeks; what was once waved away must not come back with the next visit.

type Store = Pick<Storage, 'getItem' | 'setItem'>;

/** More are forgotten, the oldest first: the relay's own list is no longer. */
const KEPT_MAX = 500;

export class Dismissed {
  private readonly name: string;
  private ids: Set<string>;

  constructor(
    origin: string,
    private readonly store: Store | null = localStore(),
  ) {
    this.name = `leanspec.dismissed ${origin}`;
    this.ids = new Set(read(this.store, this.name));
  }

  has(command: string): boolean {
    return this.ids.has(command);
  }

  add(command: string): void {
    // Read anew: another tab may have added its own.
    this.ids = new Set([...read(this.store, this.name), ...this.ids, command].slice(-KEPT_MAX));
    try {
      this.store?.setItem(this.name, JSON.stringify([...this.ids]));
    } catch {
      // No room, or storage switched off: it lasts as long as the page.
    }
  }
}

function read(store: Store | null, name: string): string[] {
  try {
    const ids: unknown = JSON.parse(store?.getItem(name) ?? '[]');
    return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
  } catch {
    return [];
  }
}

function localStore(): Store | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}
