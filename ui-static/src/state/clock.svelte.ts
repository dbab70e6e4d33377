// The one clock of the page, as the relay sees it: ages are right also where this device's clock is
// not, and all of them step together.

/** How often ages are written anew, in milliseconds. */
const TICK_MS = 15_000;

class Clock {
  private local = $state(Date.now());
  private skewMs = $state(0);

  /** The relay's time, in milliseconds since 1970; steps every 15 s. */
  get now(): number {
    return this.local + this.skewMs;
  }

  /** The relay's time to the millisecond, for stamping; not reactive. */
  exact(): number {
    return Date.now() + this.skewMs;
  }

  /** Learns from a moment that the relay just wrote. */
  learn(relayTime: string): void {
    const moment = Date.parse(relayTime);
    if (!Number.isNaN(moment)) this.skewMs = moment - Date.now();
    this.local = Date.now();
  }

  /** Lets it run; returns what stops it. */
  run(): () => void {
    const tick = () => (this.local = Date.now());
    const timer = setInterval(tick, TICK_MS);
    document.addEventListener('visibilitychange', tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }
}

export const clock = new Clock();
