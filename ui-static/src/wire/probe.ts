// Looking into the way between this page and a relay: the calls of `/v1/probe`, timed. What a result
// means is judged in state/doctor/.

import type { RelayApi } from './api';
import { decodeCursor, parseJson } from './decode';
import { FrameReader } from './frames';

/** What the relay says arrived of a body. */
export interface Probed {
  wireBytes: number;
  bytes: number;
  /** The version of HTTP at the relay: that of the last box in between, where there is one. */
  http: string;
  /** How boxes in between name themselves. */
  via: string | null;
  /** The relay's clock, in milliseconds since 1970. */
  time: number;
}

/** When an event of a probing stream was sent and when it came, in milliseconds from the request. */
export interface Arrival {
  sent: number;
  arrived: number;
}

/** How long a probing stream or poll is read past what it should take, in milliseconds. */
const PATIENCE_MS = 8000;

/** Does something and says how many milliseconds it took. */
export async function timed<T>(work: () => Promise<T>): Promise<{ value: T; ms: number }> {
  const start = performance.now();
  const value = await work();
  return { value, ms: performance.now() - start };
}

/** Sends random bytes, which nothing in between can make fewer. */
export async function sendBytes(api: RelayApi, count: number): Promise<Probed> {
  const body = randomBytes(count);
  const [value] = await api.json('/v1/probe', {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body,
  });
  const probed = value as Record<string, unknown>;
  return {
    wireBytes: Number(probed['wire_bytes']),
    bytes: Number(probed['bytes']),
    http: String(probed['http'] ?? ''),
    via: typeof probed['via'] === 'string' ? probed['via'] : null,
    time: Date.parse(String(probed['time'])),
  };
}

/** Fetches random bytes; how many came. */
export async function fetchBytes(api: RelayApi, count: number): Promise<number> {
  const response = await api.request(`/v1/probe?bytes=${count}`, { signal: patience() });
  return (await response.arrayBuffer()).byteLength;
}

/** Reads a stream whose events are sent after these gaps (milliseconds); all that came in time. */
export async function readStream(api: RelayApi, gaps: readonly number[]): Promise<Arrival[]> {
  const arrivals: Arrival[] = [];
  const start = performance.now();
  let sent = 0;
  const planned = gaps.map((gap) => (sent += gap));
  const frames = new FrameReader({
    onFrame: (frame) => {
      const number = (parseJson(frame.data) as { number?: unknown } | null)?.number;
      const at = typeof number === 'number' ? planned[number] : undefined;
      if (frame.name === 'probe' && at !== undefined) {
        arrivals.push({ sent: at, arrived: performance.now() - start });
      }
    },
    onRetry: () => undefined,
  });
  try {
    const response = await api.request(`/v1/probe/stream?gaps=${gaps.join(',')}`, {
      headers: { accept: 'text/event-stream' },
      signal: patience(sent),
    });
    const reader = response.body?.getReader();
    while (reader && arrivals.length < gaps.length) {
      const { done, value } = await reader.read();
      if (done) break;
      frames.push(value);
    }
  } catch (cause) {
    // What came until then is the finding, unless nothing could be asked at all.
    if (!(cause instanceof DOMException)) throw cause;
  }
  return arrivals;
}

/** One long-poll with nothing to tell, held for this many seconds; whether it was answered. */
export async function pollOnce(api: RelayApi, seconds: number): Promise<boolean> {
  const { cursor } = await api.machines();
  const query = new URLSearchParams({ after: cursor.text, mode: 'poll', wait: String(seconds) });
  const response = await api.request(`/v1/feed?${query}`, {
    headers: { accept: 'text/event-stream' },
    signal: patience(seconds * 1000),
  });
  await response.text();
  return decodeCursor(response.headers.get('leanspec-cursor')) !== null;
}

/** The version of HTTP that this browser speaks with the relay; null where it may not be told. */
export function protocolTo(origin: string): string | null {
  const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
  const last = entries.findLast(({ name }) => name.startsWith(`${origin}/`));
  return last?.nextHopProtocol || null;
}

function patience(planned = 0): AbortSignal {
  return AbortSignal.timeout(planned + PATIENCE_MS);
}

function randomBytes(count: number): Uint8Array<ArrayBuffer> {
  // No more than this may be asked for at once.
  const part = 65_536;
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count; at += part) crypto.getRandomValues(bytes.subarray(at, at + part));
  return bytes;
}
