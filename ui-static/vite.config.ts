import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

import manifest from './package.json' with { type: 'json' };
import { contentSecurityPolicy } from './scripts/csp';
import { drawingFrame, frameAddress } from './scripts/drawing-frame';
import { serviceWorker } from './scripts/offline';
import { fingerprint } from './scripts/fingerprint';

/**
 * Puts the policy into the built page. Not into the dev server's: Vite injects styles there with
 * `innerHTML`, which enforced Trusted Types refuse.
 */
const policyInBuiltPage: Plugin = {
  name: 'policy-in-built-page',
  apply: 'build',
  transformIndexHtml: () => [
    {
      tag: 'meta',
      attrs: { 'http-equiv': 'Content-Security-Policy', content: contentSecurityPolicy },
      injectTo: 'head-prepend',
    },
  ],
};

export default defineConfig({
  // Relative, so that the same files work at the root of a relay and in any folder of a CDN.
  base: './',
  define: {
    __VERSION__: JSON.stringify(manifest.version),
    __DRAWING_FRAME__: JSON.stringify(frameAddress),
    __BUILD__: JSON.stringify(fingerprint(import.meta.dirname, ['src', 'public'])),
  },
  plugins: [svelte(), policyInBuiltPage, drawingFrame, serviceWorker],
  build: {
    target: 'es2023',
    modulePreload: {
      polyfill: false,
      // Every lazy part would name all it stands on in the first script. The service worker has them.
      resolveDependencies: (_file, parts) => parts.filter((name) => name.endsWith('.css')),
    },
    // A data: URL of a font or image would be one more thing for the policy to allow.
    assetsInlineLimit: 0,
  },
  worker: { format: 'es' },
  // Tests are of what a browser runs, also where Svelte has another build for servers.
  ...(process.env['VITEST'] ? { resolve: { conditions: ['browser'] } } : {}),
  test: { include: ['test/**/*.test.ts'] },
});
