// The relays this browser is signed in at. A key is found by the exact origin of its relay, so that a
// link to another host never gets it. What one tab changes, the others hear of.

import { openKeys, savedStore } from './database';

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

const CHANNEL = 'leanspec sessions';

export class Sessions {
  /** Newest first. */
  list: readonly Session[] = $state.raw([]);
  /** Whether the list has been read from the browser's store. */
  ready = $state(false);
  /** The browser refuses to store: the sign-in lasts until the page is closed. */
  volatile = $state(false);
  private database: Awaited<ReturnType<typeof openKeys>> | null = null;
  private readonly others = globalThis.BroadcastChannel ? new BroadcastChannel(CHANNEL) : null;

  private opening: Promise<void> | null = null;

  /** Reads what was stored; once, whoever asks first. */
  open(): Promise<void> {
    this.opening ??= this.start();
    return this.opening;
  }

  private async start(): Promise<void> {
    try {
      this.database = await openKeys();
      await this.read();
      this.others?.addEventListener('message', () => void this.read().catch(() => undefined));
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
    // What is still being read would come in place of what is added now.
    await this.open();
    const others = this.list.filter(({ origin }) => origin !== session.origin);
    this.list = newestFirst([...others, session]);
    await this.database?.put('sessions', session).catch(() => (this.volatile = true));
    this.others?.postMessage('changed');
  }

  /** Forgets the key of a relay, and all that this device keeps of it. */
  async remove(origin: string): Promise<void> {
    await this.open();
    this.list = this.list.filter((session) => session.origin !== origin);
    await this.database?.delete('sessions', origin);
    this.others?.postMessage('changed');
    await savedStore.forget(origin).catch(() => undefined);
  }

  private async read(): Promise<void> {
    this.list = newestFirst((await this.database?.getAll('sessions')) ?? []);
  }
}

function newestFirst(list: Session[]): Session[] {
  return list.sort((left, right) => right.signedInAt - left.signedInAt);
}

export const sessions = new Sessions();
