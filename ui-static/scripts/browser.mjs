// A real Chromium for the checks of the built UI.

import { chromium } from 'playwright-core';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts the browser that CHROMIUM names, else Debian's. */
export function startBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ARGUMENTS,
  });
}

/**
 * A browser with a profile of its own and a port for tools that drive it from outside; `context.close()`
 * ends it.
 */
export function startProfile(folder, port) {
  return chromium.launchPersistentContext(folder, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [...ARGUMENTS, `--remote-debugging-port=${port}`],
  });
}

/** The folder of the built UI. */
export const DIST = new URL('../dist', import.meta.url).pathname;

/** The address that signs in at a mock relay, which takes any code. */
export function signInAddress(page, relay) {
  return `${page}/#/pair?relay=${encodeURIComponent(relay)}&code=mock`;
}
