// Keeps this page for opening it without its host, and notices when there is a newer one.

import { serviceWorkerUrl } from '../trusted-scripts';

/** How often a page that stays open asks for a newer one, in milliseconds. */
const ASK_EVERY_MS = 60 * 60 * 1000;

class AppVersion {
  /** A newer version of this page is there, for whenever it is loaded again. */
  ready = $state(false);
  private registration: ServiceWorkerRegistration | null = null;
  private wantsReload = false;

  async run(): Promise<void> {
    // The dev server serves no built files. A page by plain http has no service workers.
    const workers = import.meta.env.DEV ? undefined : navigator.serviceWorker;
    if (!workers) return;
    // The first one to take a page over brings nothing new.
    let isOurs = workers.controller !== null;
    workers.addEventListener('controllerchange', () => {
      if (this.wantsReload) return location.reload();
      // Another tab went over to it.
      this.ready ||= isOurs;
      isOurs = true;
    });
    const registration = await workers.register(serviceWorkerUrl(), { updateViaCache: 'none' });
    this.registration = registration;
    const look = () => (this.ready ||= registration.waiting !== null && isOurs);
    const follow = () => registration.installing?.addEventListener('statechange', look);
    registration.addEventListener('updatefound', follow);
    follow();
    look();
    setInterval(() => void registration.update().catch(() => undefined), ASK_EVERY_MS);
  }

  /** Goes over to the newer version. What was typed and not saved is kept as drafts. */
  reload(): void {
    const waiting = this.registration?.waiting;
    if (!waiting) return location.reload();
    this.wantsReload = true;
    waiting.postMessage('take over');
  }
}

export const appVersion = new AppVersion();
