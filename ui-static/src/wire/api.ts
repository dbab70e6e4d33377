// The relay's calls that end with one answer. The feed has a file of its own.

import { decodeCursor, decodeMachines, decodeProjects, decodeSpecs, parseJson } from './decode';
import { failureOf, malformed, notARelay, unreachable } from './failure';
import type { Cursor, Machine, Me, NewKey, Project, Spec } from './types';

/** State together with the place in history it belongs to. */
export interface Snapshot<T> {
  items: T[];
  cursor: Cursor;
}

/** The exact bytes of a file and their hash. */
export interface FileBytes {
  bytes: ArrayBuffer;
  hash: string;
}

/** How long an answer may take until it counts as lost, in milliseconds. */
const ANSWER_TIMEOUT_MS = 30_000;

/** What every request to a relay has in common: the key only in its header, nothing else of ours. */
export const REQUEST_DEFAULTS: RequestInit = {
  credentials: 'omit',
  redirect: 'error',
  referrerPolicy: 'no-referrer',
  cache: 'no-store',
};

/** A path with each of its names percent-encoded, slashes kept. */
export function escapePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

export class RelayApi {
  constructor(
    /** Scheme, host and port of the relay. */
    readonly origin: string,
    private readonly key: string | null,
    private readonly fetcher: typeof fetch = (...args) => fetch(...args),
  ) {}

  /** A request to the relay with the key; a failure when the answer is not a success. */
  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.key !== null) headers.set('authorization', `Bearer ${this.key}`);
    let response: Response;
    try {
      response = await this.fetcher(this.origin + path, { ...REQUEST_DEFAULTS, ...init, headers });
    } catch (cause) {
      // An abort is the caller's own doing, not a fault of the way.
      if (init.signal?.aborted && !(init.signal.reason instanceof DOMException)) throw cause;
      throw unreachable(this.origin);
    }
    if (!response.ok) throw await failureOf(response, this.origin);
    if (!response.headers.has('leanspec-relay')) throw notARelay(this.origin, response.status);
    return response;
  }

  /** The JSON of an answer, and its headers. */
  async json(path: string, init: RequestInit = {}): Promise<[unknown, Headers]> {
    const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    const response = await this.request(path, { signal, ...init });
    const text = await response.text().catch(() => Promise.reject(unreachable(this.origin)));
    return [parseJson(text), response.headers];
  }

  /** The members of a list, with the place in history that it belongs to. */
  async snapshot<T>(path: string, decode: (value: unknown) => T[] | null): Promise<Snapshot<T>> {
    const [value, headers] = await this.json(path);
    const items = decode(value);
    const cursor = decodeCursor(headers.get('leanspec-cursor'));
    if (!items || !cursor) throw malformed(this.origin);
    return { items, cursor };
  }

  /** Changes the one-time code of a sign-in link into a key. */
  async exchange(code: string): Promise<NewKey> {
    const [value] = await this.json('/v1/session/exchange', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
    });
    const answer = value as Partial<NewKey> | null | undefined;
    if (typeof answer?.key !== 'string') throw malformed(this.origin);
    return answer as NewKey;
  }

  async me(): Promise<Me> {
    const [value] = await this.json('/v1/me');
    const me = value as Partial<Me> | null | undefined;
    if (typeof me?.scope !== 'string' || typeof me.account !== 'string') {
      throw malformed(this.origin);
    }
    return me as Me;
  }

  machines(): Promise<Snapshot<Machine>> {
    return this.snapshot('/v1/machines', decodeMachines);
  }

  projects(machine: string): Promise<Snapshot<Project>> {
    return this.snapshot(`/v1/machines/${escapePath(machine)}/projects`, decodeProjects);
  }

  specs(machine: string, project: string): Promise<Snapshot<Spec>> {
    return this.snapshot(`${projectPath(machine, project)}/specs`, decodeSpecs);
  }

  async file(machine: string, project: string, path: string, signal?: AbortSignal) {
    const response = await this.request(
      `${projectPath(machine, project)}/files/${escapePath(path)}`,
      signal ? { signal } : {},
    );
    const hash = (response.headers.get('etag') ?? '').replace(/^W\/|"/g, '');
    return { bytes: await response.arrayBuffer(), hash } satisfies FileBytes;
  }
}

export function projectPath(machine: string, project: string): string {
  return `/v1/machines/${escapePath(machine)}/projects/${escapePath(project)}`;
}
