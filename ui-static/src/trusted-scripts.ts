// The only scripts this page ever starts by itself, as Trusted Types ask for: the worker that reads
// documents, and the service worker. In one place, since a policy can be made only once.

import documentWorker from './markdown/worker?worker&url';

interface Policy {
  createScriptURL(url: string): string;
}
interface TrustedTypes {
  createPolicy(name: string, rules: Policy): Policy;
}

const serviceWorker = () => new URL('sw.js', document.baseURI).href;
let policy: Policy | null = null;

function trusted(url: string): string {
  const types = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
  if (!types) return url;
  policy ??= types.createPolicy('worker-url', {
    createScriptURL: (asked) => {
      if (asked === documentWorker || asked === serviceWorker()) return asked;
      throw new TypeError('only the two workers of this page may be started');
    },
  });
  return policy.createScriptURL(url);
}

export const documentWorkerUrl = () => trusted(documentWorker);
export const serviceWorkerUrl = () => trusted(serviceWorker());
