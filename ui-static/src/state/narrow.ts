// Tightens the page's policy once the relays are known: from then on not even a script that slipped
// in could send anything to another host. Policies only ever tighten, so going to a new relay takes
// a reload of the page.

let allowed: readonly string[] | null = null;

/** Allows connections to these origins and to the page's own, and to no other. */
export function narrowConnections(origins: readonly string[]): void {
  if (allowed !== null) return;
  allowed = origins;
  // The dev server has no policy: its own socket would be the first thing to break.
  if (import.meta.env.DEV) return;
  const meta = document.createElement('meta');
  meta.httpEquiv = 'Content-Security-Policy';
  meta.content = `connect-src 'self' ${origins.join(' ')}`;
  document.head.append(meta);
}

/** Whether a call to this origin would be refused by what was tightened. */
export function isShutOut(origin: string): boolean {
  return allowed !== null && origin !== location.origin && !allowed.includes(origin);
}
