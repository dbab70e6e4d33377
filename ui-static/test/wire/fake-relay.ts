// A relay that is a function: every request is written down, and the test writes the answers.

import { RelayApi } from '../../src/wire/api';

const OF_A_RELAY = { 'leanspec-relay': '0.1.0' };
export const ORIGIN = 'https://relay.example.org';

export interface Asked {
  url: URL;
  init: RequestInit;
  /** Sends bytes of the body; the headers go out with the first. */
  send(text: string): void;
  end(): void;
  /** The connection breaks. */
  cut(): void;
  /** Answers with a status and a body in one. */
  answer(status: number, body?: string, headers?: Record<string, string>): void;
  /** Something that is no relay answers. */
  page(body: string): void;
}

export function fakeRelay() {
  const asked: Asked[] = [];
  const fetcher = ((input: string, init: RequestInit = {}) =>
    new Promise<Response>((resolve, reject) => {
      let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
      const respond = (status: number, body: BodyInit | null, headers: Record<string, string>) =>
        resolve(new Response(body, { status, headers }));
      const stream = () => {
        if (controller) return controller;
        const start = (made: ReadableStreamDefaultController<Uint8Array>) => {
          controller = made;
        };
        respond(200, new ReadableStream<Uint8Array>({ start }), OF_A_RELAY);
        return controller;
      };
      init.signal?.addEventListener('abort', () => {
        const reason: unknown = init.signal?.reason;
        controller?.error(reason);
        reject(reason as Error);
      });
      asked.push({
        url: new URL(input),
        init,
        send: (text) => stream()?.enqueue(new TextEncoder().encode(text)),
        end: () => stream()?.close(),
        cut: () => {
          if (controller) controller.error(new TypeError('network error'));
          else reject(new TypeError('network error'));
        },
        answer: (status, body = '', headers = {}) =>
          respond(status, body, { ...OF_A_RELAY, ...headers }),
        page: (body) => respond(200, body, {}),
      });
    })) as typeof fetch;
  return { api: new RelayApi(ORIGIN, 'secret', fetcher), asked };
}

export function frameText(name: string, data: unknown, id?: string): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

export const HELLO = frameText('hello', {
  resumed: true,
  heartbeat_s: 15,
  server: 'leanspec-relay/0.1.0',
  mode: 'stream',
  time: '2026-11-22T16:00:00.000Z',
});

export function machine(id: string, more: object = {}) {
  return {
    id,
    name: id,
    os: 'linux',
    bridge_version: '0.1.0',
    online: true,
    last_seen: '2026-11-22T16:00:00.000Z',
    ...more,
  };
}
