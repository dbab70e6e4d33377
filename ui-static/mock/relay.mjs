// A stand-in for a relay, for working on the UI without one: reads, commands and the feed of
// docs/PROTOCOL.md from memory, any key and any code accepted, and a few switches for its moods.

import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

import { Commands } from './commands.mjs';

const HEARTBEAT_S = 15;
const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** Serves a store; `uiDir` is the built UI, as a relay embeds it. Resolves to its origin. */
export function serveMock(store, { port = 0, uiDir = null } = {}) {
  /** What is wrong with the relay now: nothing, `held` (streams are held back), `down`, `revoked`. */
  const mood = { now: 'fine' };
  const open = new Set();
  const commands = new Commands(store);
  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://mock');
    response.setHeader('leanspec-relay', '0.1.0-mock');
    response.setHeader('access-control-allow-origin', request.headers.origin ?? '*');
    response.setHeader(
      'access-control-allow-headers',
      'authorization, content-type, idempotency-key, last-event-id',
    );
    response.setHeader('access-control-allow-methods', 'GET, POST, DELETE, PATCH');
    response.setHeader(
      'access-control-expose-headers',
      'leanspec-cursor, leanspec-relay, etag, retry-after',
    );
    if (request.method === 'OPTIONS') return response.writeHead(204).end();
    if (mood.now === 'down') return request.socket.destroy();
    if (url.pathname === '/v1/session/exchange') {
      return json(response, store, {
        key: 'mock-key',
        info: { id: 'k1', name: 'mock', scope: 'admin', created_at: new Date().toISOString() },
      });
    }
    if (url.pathname === '/healthz') return json(response, store, { ok: true });
    if (!url.pathname.startsWith('/v1/')) return serveFile(response, uiDir, url.pathname);
    if (mood.now === 'revoked' || !request.headers.authorization) return refuse(response);
    if (url.pathname === '/v1/feed') return feed(store, mood, open, request, response, url);
    const path = url.pathname.split('/').slice(2).map(decodeURIComponent);
    if (path[0] === 'commands' || path[4] === 'commands') {
      return command(store, commands, request, response, path, url.searchParams);
    }
    if (path[0] === 'activity') return json(response, store, commands.activity(url.searchParams));
    if (request.method === 'PATCH' || request.method === 'DELETE') {
      return manage(store, request, response, path);
    }
    return read(store, response, path);
  });
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () => {
      resolve({
        origin: `http://127.0.0.1:${server.address().port}`,
        server,
        commands,
        /** Changes the mood; open feeds are cut, as by a network. */
        turn(next) {
          mood.now = next;
          for (const socket of open) socket.destroy();
        },
      });
    });
  });
}

function json(response, store, body, status = 200) {
  response.writeHead(status, {
    'content-type': 'application/json',
    'leanspec-cursor': store.cursor(),
  });
  response.end(JSON.stringify(body));
}

function problem(response, status, code, detail) {
  response.writeHead(status, { 'content-type': 'application/problem+json' });
  const type = `urn:leanspec:problem:${code}`;
  response.end(JSON.stringify({ type, title: detail, status, code, detail, retry: false }));
}

function refuse(response) {
  problem(response, 401, 'key_revoked', 'This key was revoked. Ask for a new sign-in link.');
}

function read(store, response, [first, machine, , project, what, ...rest]) {
  if (first === 'me') {
    return json(response, store, {
      account: 'mock',
      key: 'k1',
      name: 'This browser',
      scope: 'admin',
      relay_version: '0.1.0',
    });
  }
  if (first !== 'machines') return problem(response, 404, 'not_found', 'There is nothing here.');
  if (machine === undefined)
    return json(response, store, { machines: [...store.machines.values()] });
  const below = (map, prefix) =>
    [...map].filter(([key]) => key.startsWith(prefix)).map(([, value]) => value);
  if (project === undefined)
    return json(response, store, { projects: below(store.projects, `${machine}/`) });
  if (what === 'specs')
    return json(response, store, { specs: below(store.specs, `${machine}/${project}/`) });
  const bytes = store.files.get(`${machine}/${project}/${rest.join('/')}`);
  if (what !== 'files' || !bytes)
    return problem(response, 404, 'not_found', 'The relay does not hold this file.');
  const spec = [...store.specs.values()]
    .flatMap((spec) => spec.files)
    .find((file) => file.path === rest.join('/'));
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    etag: `"${spec?.hash}"`,
    'leanspec-cursor': store.cursor(),
  });
  return response.end(bytes);
}

async function command(store, commands, request, response, path, query) {
  const key = request.headers['idempotency-key'];
  if (path[0] === 'machines') {
    const posted = JSON.parse(await text(request));
    return json(response, store, commands.accept(path[1], path[3], key, posted), 202);
  }
  if (path[1] === undefined) {
    const all = query.get('open') === 'true' ? commands.open() : commands.newest();
    return json(response, store, { commands: all });
  }
  const found = commands.all.get(path[1]);
  if (!found) return problem(response, 404, 'not_found', 'The relay knows no such command.');
  if (path[2] === 'rebase') return json(response, store, commands.rebase(found, key), 202);
  if (request.method === 'DELETE') return json(response, store, commands.withdraw(found), 202);
  return json(response, store, found);
}

/** A machine gets another name, or is forgotten; or one of its projects is. */
async function manage(store, request, response, [, machine, , project]) {
  if (!store.machines.has(machine)) {
    return problem(response, 404, 'not_found', 'The relay knows no such machine.');
  }
  if (request.method === 'PATCH') {
    const { name } = JSON.parse(await text(request));
    store.putMachine({ ...store.machines.get(machine), name });
    return json(response, store, store.machines.get(machine));
  }
  store.forget(machine, project ?? null);
  return response.writeHead(204).end();
}

async function text(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function frame({ name, data, id }) {
  return `${id ? `id: ${id}\n` : ''}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

function feed(store, mood, open, request, response, url) {
  const after = url.searchParams.get('after') ?? request.headers['last-event-id'] ?? store.cursor();
  const [seq, tag] = after.split('.');
  const poll = url.searchParams.get('mode') === 'poll';
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.flushHeaders();
  if (mood.now === 'held' && !poll) return;
  const mode = poll ? 'poll' : 'stream';
  const now = () => new Date().toISOString();
  const hello = {
    resumed: true,
    heartbeat_s: HEARTBEAT_S,
    server: 'leanspec-relay-mock/0.1.0',
    mode,
    time: now(),
  };
  response.write(`: mock\n\nretry: 500\n\n${frame({ name: 'hello', data: hello })}`);
  if (tag !== store.tag) {
    return response.end(frame({ name: 'reset', data: { reason: 'unknown_cursor' } }));
  }
  const missed = store.history.filter((event) => event.seq > Number(seq));
  for (const event of missed) response.write(frame(event));
  if (poll && missed.length > 0) return response.end();
  open.add(response.socket);
  const send = (event) => {
    response.write(frame(event));
    if (poll) response.end();
  };
  store.listeners.add(send);
  const beat = setInterval(
    () => response.write(frame({ name: 'heartbeat', data: { time: now() } })),
    HEARTBEAT_S * 1000,
  );
  const limit = poll
    ? setTimeout(() => response.end(), Number(url.searchParams.get('wait') ?? 25) * 1000)
    : undefined;
  response.on('close', () => {
    clearInterval(beat);
    clearTimeout(limit);
    store.listeners.delete(send);
    open.delete(response.socket);
  });
}

function serveFile(response, uiDir, pathname) {
  if (!uiDir) return response.writeHead(404).end();
  const file = join(uiDir, normalize(pathname === '/' ? '/index.html' : pathname));
  if (!existsSync(file) || !statSync(file).isFile()) return response.writeHead(404).end();
  for (const [name, value] of headersOf(uiDir, pathname)) response.setHeader(name, value);
  response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
  return createReadStream(file).pipe(response);
}

/** The headers that a CDN reads from `_headers` for a path: every rule that fits, joined. */
function headersOf(uiDir, pathname) {
  const headers = new Headers();
  let fits = false;
  for (const line of readFileSync(join(uiDir, '_headers'), 'utf8').split('\n')) {
    if (line.startsWith('/')) {
      fits = line.endsWith('*') ? pathname.startsWith(line.slice(0, -1)) : pathname === line;
    } else if (fits && line.startsWith(' ')) {
      const at = line.indexOf(':');
      headers.append(line.slice(0, at).trim(), line.slice(at + 1).trim());
    }
  }
  return headers;
}
