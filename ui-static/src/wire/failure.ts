// What can go wrong between this page and a relay, as sentences that say what to do next.

import { decodeProblem, parseJson } from './decode';

export type FailureKind =
  /** No answer at all: no network, refused, blocked, or a redirect. */
  | 'unreachable'
  /** An answer that did not come from a relay: a login page of the network, a wrong address. */
  | 'not_a_relay'
  /** The relay does not take this key. */
  | 'key_refused'
  /** The relay answered with a problem of its own. */
  | 'problem'
  /** The answer cannot be read. */
  | 'malformed';

export class RelayFailure extends Error {
  constructor(
    readonly kind: FailureKind,
    message: string,
    readonly code: string = kind,
    /** Milliseconds that the relay asks to wait; null when it does not say. */
    readonly retryAfterMs: number | null = null,
    /** Whether the same call may succeed later by itself. */
    readonly mayPass: boolean = kind === 'unreachable' || kind === 'not_a_relay',
  ) {
    super(message);
    this.name = 'RelayFailure';
  }
}

export function unreachable(origin: string): RelayFailure {
  return new RelayFailure(
    'unreachable',
    `No answer from ${origin}. Check the address, that the relay runs, and that it allows this page (--allow-origin ${location.origin}).`,
  );
}

/** The largest delay that a `Retry-After` header is believed, in milliseconds. */
const RETRY_AFTER_MAX_MS = 5 * 60 * 1000;

function retryAfter(headers: Headers): number | null {
  const text = headers.get('retry-after');
  if (text === null || !/^\d{1,6}$/.test(text)) return null;
  return Math.min(Number(text) * 1000, RETRY_AFTER_MAX_MS);
}

/** Turns an answer that is not a success into its failure. */
export async function failureOf(response: Response, origin: string): Promise<RelayFailure> {
  if (!response.headers.has('leanspec-relay')) return notARelay(origin, response.status);
  const text = await response.text().catch(() => '');
  const problem = decodeProblem(parseJson(text));
  const code = problem?.code ?? `http_${response.status}`;
  const message = problem
    ? problem.detail || problem.title
    : `The relay answered ${response.status} without saying why.`;
  const kind = response.status === 401 || response.status === 403 ? 'key_refused' : 'problem';
  const mayPass = problem ? problem.retry : response.status >= 500;
  return new RelayFailure(kind, message, code, retryAfter(response.headers), mayPass);
}

export function notARelay(origin: string, status: number): RelayFailure {
  return new RelayFailure(
    'not_a_relay',
    `${origin} answered (${status}), but not as a relay. Check the address; on a public network, open its sign-in page first.`,
  );
}

export function malformed(origin: string): RelayFailure {
  return new RelayFailure(
    'malformed',
    `The answer of ${origin} cannot be read. Reload this page; if it stays, relay and page are of different versions.`,
  );
}
