// What a person gives to sign in: a link, or an address and a key. Pure.

export type Address = { origin: string } | { wrong: string };

/** Names of this very computer: a browser takes them for secure, and a relay there speaks http. */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/** The origin of a relay as people write it: `relay.example.org`, `http://127.0.0.1:4600/`. */
export function readAddress(text: string, pageOrigin: string): Address {
  const written = text.trim();
  if (written === '')
    return { wrong: 'Type the address of your relay, such as https://relay.example.org.' };
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(written);
  const bareHost = written.split('/', 1)[0] ?? '';
  const whole = hasScheme ? written : `${LOOPBACK.test(bareHost) ? 'http' : 'https'}://${written}`;
  let url: URL;
  try {
    url = new URL(whole);
  } catch {
    return { wrong: `“${written}” is not an address. One looks like https://relay.example.org.` };
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return { wrong: 'A relay is reached by https:// (or http:// on this computer).' };
  }
  if (url.username !== '' || url.password !== '') {
    return {
      wrong: 'Leave name and password out of the address: the key goes into its own field.',
    };
  }
  if (url.protocol === 'http:' && pageOrigin.startsWith('https:') && !LOOPBACK.test(url.host)) {
    return {
      wrong: `A page opened by https cannot talk to ${url.origin}. Open the relay's own page there, or give the relay TLS.`,
    };
  }
  return { origin: url.origin };
}

export interface SignInLink {
  relay: string | null;
  code: string | null;
}

/** A whole sign-in link pasted where an address was expected; null when it is none. */
export function readSignInLink(text: string): SignInLink | null {
  const at = text.indexOf('#/pair?');
  if (at < 0) return null;
  const query = new URLSearchParams(text.trim().slice(at + '#/pair?'.length));
  return { relay: query.get('relay'), code: query.get('code') };
}
