// Notices silence. Judged by timestamps, not by the firing of timers: a hidden tab's timers are
// held back, and a laptop's stop while it sleeps.

export class Watchdog {
  private lastMs = Date.now();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private limitMs: number,
    private readonly onSilence: () => void,
  ) {
    this.arm(limitMs);
  }

  /** Something came. */
  fed(): void {
    this.lastMs = Date.now();
  }

  /** From now on this much silence is allowed. */
  allow(limitMs: number): void {
    this.limitMs = limitMs;
    this.fed();
    this.arm(limitMs);
  }

  /** Looks now, e.g. after waking up. */
  check(): void {
    const leftMs = this.lastMs + this.limitMs - Date.now();
    if (leftMs <= 0) this.onSilence();
    else this.arm(leftMs);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private arm(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), ms);
  }
}
