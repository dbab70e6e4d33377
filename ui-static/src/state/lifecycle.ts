// When to hold the feed open: while somebody may be looking. Home Assistant's rule of five minutes.

/** How long a page nobody sees keeps its feed, in milliseconds. */
export const HIDDEN_KEPT_MS = 5 * 60 * 1000;

interface Pausable {
  start(): void;
  stop(): void;
  nudge(): void;
}

/** Starts the feed and lets it follow the page's life; returns what ends both. */
export function followPage(feed: Pausable): () => void {
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const seen = () => {
    clearTimeout(timer);
    if (document.hidden) return;
    if (stopped) feed.start();
    // After sleep the feed may look open and be dead; a wait may have become pointless.
    else feed.nudge();
    stopped = false;
  };
  const turned = () => {
    if (!document.hidden) return seen();
    timer = setTimeout(() => {
      stopped = true;
      feed.stop();
    }, HIDDEN_KEPT_MS);
  };
  document.addEventListener('visibilitychange', turned);
  window.addEventListener('pageshow', seen);
  window.addEventListener('online', seen);
  feed.start();
  return () => {
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', turned);
    window.removeEventListener('pageshow', seen);
    window.removeEventListener('online', seen);
    feed.stop();
  };
}
