// What the tabs of one browser share, for tests: locks, and channels that deliver copies in order.

type Holder = { taken: boolean; drop(): void };

export class FakeLocks {
  private holder: Holder | null = null;
  private readonly waiting: (() => void)[] = [];

  /** As `LockManager.request` with options. */
  request = (async (_name: string, options: LockOptions, run: (lock: Lock | null) => unknown) => {
    if (options.ifAvailable && this.holder) return run(null);
    if (options.steal) this.holder?.drop();
    else if (this.holder) await this.turn(options.signal);
    return this.hold(run);
  }) as LockManager['request'];

  private turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push(resolve);
      signal?.addEventListener('abort', () => {
        const at = this.waiting.indexOf(resolve);
        if (at < 0) return;
        this.waiting.splice(at, 1);
        reject(new DOMException('left the queue', 'AbortError'));
      });
    });
  }

  private hold(run: (lock: Lock) => unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const holder: Holder = {
        taken: true,
        drop: () => {
          this.holder = null;
          reject(new DOMException('stolen', 'AbortError'));
        },
      };
      this.holder = holder;
      void Promise.resolve(run({ name: 'feed', mode: 'exclusive' })).then((result) => {
        if (this.holder === holder) {
          this.holder = null;
          this.waiting.shift()?.();
        }
        resolve(result);
      });
    });
  }
}

const open = new Set<FakeChannel>();

export class FakeChannel {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  /** A page that hangs or is suspended: it gets nothing. */
  isDeaf = false;

  constructor(readonly name: string) {
    open.add(this);
  }

  postMessage(message: unknown): void {
    if (this.isDeaf) return;
    for (const other of open) {
      if (other === this || other.name !== this.name) continue;
      const data: unknown = structuredClone(message);
      queueMicrotask(() => {
        if (open.has(other) && !other.isDeaf) other.onmessage?.({ data });
      });
    }
  }

  close(): void {
    open.delete(this);
  }
}

export const channels: ReadonlySet<FakeChannel> = open;
