// What the service worker does with a request. Pure. A list of what is its own, and not of what it
// must leave alone: an answer of a relay can then never end up in a cache.

export type Plan =
  /** The page itself, of the version that is installed. */
  | 'page'
  /** A file of this version or the one before, kept since the version was installed. */
  | 'shell'
  /** Not ours. */
  | 'leave';

/**
 * Folders and files beside the page that belong to it. Not what draws diagrams: its frames have no
 * origin, so no service worker sees what they ask for. The browser's own cache keeps it.
 */
const SHELL = /^(assets\/|icons\/|favicon\.svg$|manifest\.webmanifest$)/;

/** `scope` is the folder of the page, with its slash at the end. */
export function planFor({ method, url }: { method: string; url: string }, scope: string): Plan {
  const address = url.replace(/[?#].*$/, '');
  if (method !== 'GET' || !address.startsWith(scope)) return 'leave';
  const name = address.slice(scope.length);
  if (name === '' || name === 'index.html') return 'page';
  return SHELL.test(name) ? 'shell' : 'leave';
}

/** Which of these files are fetched when a version is installed; './' is the page. */
export function shellOf(files: readonly string[]): string[] {
  return ['./', ...files.filter((name) => SHELL.test(name)).sort()];
}
