// The service worker: keeps the files of the page, so that it opens without its host. By hand and not
// by Workbox: that would bring more than three hundred packages for what stands here, and register
// itself by an address that Trusted Types refuse. It never sees or keeps an answer of a relay.

import { planFor } from './plan';

interface Waiting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface FetchEvent extends Waiting {
  request: Request;
  respondWith(response: Promise<Response>): void;
}
interface Scope extends EventTarget {
  registration: { scope: string };
  clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
}

/** Put in by the build: the files of this version, and a hash of all their contents. */
declare const __SHELL__: readonly string[];
declare const __SHELL_HASH__: string;

const worker = self as unknown as Scope;
const { scope } = worker.registration;
/** By folder: several copies of this page may live on one host. */
const FAMILY = `leanspec ${scope} `;
const CACHE = FAMILY + __SHELL_HASH__;
/** This version, and the one before: its pages that are still open go on loading their parts. */
const KEPT_VERSIONS = 2;

async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  try {
    // What has its hash in its name may come from the browser's own cache, the rest is asked for.
    const request = (name: string) =>
      new Request(scope + name.replace('./', ''), {
        cache: name.startsWith('assets/') ? 'default' : 'no-cache',
      });
    await cache.addAll(__SHELL__.map(request));
  } catch (cause) {
    await caches.delete(CACHE);
    throw cause;
  }
}

async function activate(): Promise<void> {
  const versions = (await caches.keys()).filter((name) => name.startsWith(FAMILY));
  const old = versions.filter((name) => name !== CACHE).slice(0, 1 - KEPT_VERSIONS);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

async function page(request: Request): Promise<Response> {
  const kept = await caches.match(scope, { cacheName: CACHE, ignoreVary: true });
  if (!kept) return fetch(request);
  // A browser refuses to open an answer that came by a redirect.
  return kept.redirected ? new Response(kept.body, { headers: kept.headers }) : kept;
}

async function part(request: Request): Promise<Response> {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

worker.addEventListener('install', (event) => (event as Waiting).waitUntil(install()));
worker.addEventListener('activate', (event) => (event as Waiting).waitUntil(activate()));
worker.addEventListener('message', (event) => {
  // Only when somebody asks: an open page would lose the parts it has not loaded yet.
  if ((event as MessageEvent).data === 'take over') void worker.skipWaiting();
});
worker.addEventListener('fetch', (event) => {
  const asked = event as FetchEvent;
  const plan = planFor(asked.request, scope);
  if (plan === 'page') asked.respondWith(page(asked.request));
  else if (plan === 'shell') asked.respondWith(part(asked.request));
});
