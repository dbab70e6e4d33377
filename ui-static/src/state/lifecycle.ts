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
  const rest = () => {
    clearTimeout(timer);
    if (!stopped) feed.stop();
    stopped = true;
  };
  const turned = () => {
    if (!document.hidden) return seen();
    timer = setTimeout(rest, HIDDEN_KEPT_MS);
  };
  document.addEventListener('visibilitychange', turned);
  // A page that is put aside or frozen cannot answer: another tab has to read the feed.
  window.addEventListener('pagehide', rest);
  document.addEventListener('freeze', rest);
  document.addEventListener('resume', seen);
  window.addEventListener('pageshow', seen);
  window.addEventListener('online', seen);
  feed.start();
  // Opened in the background.
  if (document.hidden) turned();
  return () => {
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', turned);
    window.removeEventListener('pagehide', rest);
    document.removeEventListener('freeze', rest);
    document.removeEventListener('resume', seen);
    window.removeEventListener('pageshow', seen);
    window.removeEventListener('online', seen);
    feed.stop();
  };
}
