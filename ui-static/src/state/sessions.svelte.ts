// The relays this browser is signed in at. The only importer of idb. A key is found by the exact
// origin of its relay, so that a link to another host never gets it.

import { type DBSchema, type IDBPDatabase, openDB } from 'idb';

export interface Session {
  /** Scheme, host and port of the relay. */
  origin: string;
  /** The secret, sent only in `Authorization`. */
  key: string;
  /** `view`, `edit` or `admin`. */
  scope: string;
  /** What the key is called at the relay. */
  name: string;
  /** In milliseconds since 1970. */
  signedInAt: number;
}

interface Schema extends DBSchema {
  sessions: { key: string; value: Session };
}

const DATABASE = 'leanspec';
const VERSION = 1;

class Sessions {
  /** Newest first. */
  list: readonly Session[] = $state.raw([]);
  /** Whether the list has been read from the browser's store. */
  ready = $state(false);
  /** The browser refuses to store: the sign-in lasts until the page is closed. */
  volatile = $state(false);
  private database: IDBPDatabase<Schema> | null = null;

  async open(): Promise<void> {
    try {
      this.database = await openDB<Schema>(DATABASE, VERSION, {
        upgrade: (database) => {
          database.createObjectStore('sessions', { keyPath: 'origin' });
        },
      });
      this.list = newestFirst(await this.database.getAll('sessions'));
    } catch {
      // A private window, or storage switched off.
      this.volatile = true;
    }
    this.ready = true;
  }

  at(origin: string): Session | null {
    return this.list.find((session) => session.origin === origin) ?? null;
  }

  async add(session: Session): Promise<void> {
    const others = this.list.filter(({ origin }) => origin !== session.origin);
    this.list = newestFirst([...others, session]);
    await this.database?.put('sessions', session).catch(() => (this.volatile = true));
  }

  async remove(origin: string): Promise<void> {
    this.list = this.list.filter((session) => session.origin !== origin);
    await this.database?.delete('sessions', origin);
  }
}

function newestFirst(list: Session[]): Session[] {
  return list.sort((left, right) => right.signedInAt - left.signedInAt);
}

export const sessions = new Sessions();
