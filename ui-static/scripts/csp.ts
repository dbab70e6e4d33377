// The Content-Security-Policy of the built page, in one place: the build puts it into index.html,
// public/_headers repeats it as a real header (a test keeps the two equal).

import { createHash } from 'node:crypto';

/**
 * `connect-src` is wide because the user names the relay; once signed in, `state/narrow.ts`
 * tightens it to the relays this browser knows.
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self' https: http://localhost:* http://127.0.0.1:*",
  "worker-src 'self'",
  // Diagrams are drawn in frames of our own that have no origin.
  "frame-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types svelte-trusted-html worker-url',
].join('; ');

/**
 * Of the document in which diagrams are drawn, with these scripts in it and no others. No network at
 * all; styles inline, for a drawing brings its own.
 */
export function framePolicy(scripts: readonly string[]): string {
  return [
    "default-src 'none'",
    `script-src ${scripts.map(hashSource).join(' ')}`,
    "style-src 'unsafe-inline'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** What only a header can say of it: `sandbox` gives it no origin even when it is opened by itself. */
export const frameHeaderPolicy = "frame-ancestors 'self'; sandbox allow-scripts";

/** CSP 3 §2.3.1: the script with just this text. */
function hashSource(code: string): string {
  return `'sha256-${createHash('sha256').update(code).digest('base64')}'`;
}
