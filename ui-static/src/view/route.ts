// Addresses of screens, as they stand behind the '#'. A fragment never reaches the host of this
// page, so neither machines nor projects appear in its logs. Own and small because the routers kept
// for Svelte route on the path or leave the query of a hash route unread, where our filters live.

export type Page =
  | { name: 'machines' }
  | { name: 'pair'; relay: string | null; code: string | null }
  | { name: 'settings' }
  | { name: 'machine'; machine: string }
  | { name: 'project'; machine: string; project: string; query: string; status: string | null }
  | {
      name: 'spec';
      machine: string;
      project: string;
      /** The spec's folder or file, relative to the specs folder. */
      spec: string;
      /** A file of it, relative to its folder; null = the main file. */
      file: string | null;
      /** The bytes instead of the rendered text; null = as suits the file. */
      raw: boolean | null;
      /** A heading to show. */
      heading: string | null;
    }
  | { name: 'unknown' };

export interface Route {
  /** Which relay, where more than one is signed in at: see `relayWord`. */
  relay: string | null;
  page: Page;
}

/** A relay's origin as one word of an address: the host, and the scheme where it is not https. */
export function relayWord(origin: string): string {
  return origin.replace(/^https:\/\//, '').replace(/^http:\/\//, 'http:');
}

/** The origin that a word of an address names. */
export function relayOrigin(word: string): string {
  return word.startsWith('http:') ? `http://${word.slice(5)}` : `https://${word}`;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = splitOnce(hash.replace(/^#\/?/, ''), '?');
  const segments = path
    .split('/')
    .filter((segment) => segment !== '')
    .map(decoded);
  const query = new URLSearchParams(search);
  if (segments[0] === 'o' && segments[1] !== undefined) {
    return { relay: segments[1], page: parsePage(segments.slice(2), query) };
  }
  return { relay: null, page: parsePage(segments, query) };
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function parsePage(segments: string[], query: URLSearchParams): Page {
  const [first, machine, p, project, s, spec, ...rest] = segments;
  if (first === undefined) return { name: 'machines' };
  if (first === 'settings') return { name: 'settings' };
  if (first === 'pair') return { name: 'pair', relay: query.get('relay'), code: query.get('code') };
  if (first !== 'm' || machine === undefined) return { name: 'unknown' };
  if (p === undefined) return { name: 'machine', machine };
  if (p !== 'p' || project === undefined) return { name: 'unknown' };
  if (s === undefined) {
    return {
      name: 'project',
      machine,
      project,
      query: query.get('q') ?? '',
      status: query.get('status'),
    };
  }
  if (s !== 's' || spec === undefined) return { name: 'unknown' };
  return {
    name: 'spec',
    machine,
    project,
    spec,
    file: rest.length > 0 ? rest.join('/') : null,
    raw: query.has('raw') ? query.get('raw') === '1' : null,
    heading: query.get('h'),
  };
}

export function formatRoute({ relay, page }: Route): string {
  const prefix = relay === null ? '' : `/o/${encodeURIComponent(relay)}`;
  return `#${prefix}${formatPage(page)}`;
}

function formatPage(page: Page): string {
  switch (page.name) {
    case 'machines':
    case 'unknown':
      return '/';
    case 'settings':
      return '/settings';
    case 'pair':
      return `/pair${search({ relay: page.relay, code: page.code })}`;
    case 'machine':
      return `/m/${encodeURIComponent(page.machine)}`;
    case 'project':
      return `${projectPath(page)}${search({ status: page.status, q: page.query || null })}`;
    case 'spec': {
      const file =
        page.file === null ? '' : `/${page.file.split('/').map(encodeURIComponent).join('/')}`;
      const query = search({
        raw: page.raw === null ? null : page.raw ? '1' : '0',
        h: page.heading,
      });
      return `${projectPath(page)}/s/${encodeURIComponent(page.spec)}${file}${query}`;
    }
  }
}

function projectPath({ machine, project }: { machine: string; project: string }): string {
  return `/m/${encodeURIComponent(machine)}/p/${encodeURIComponent(project)}`;
}

function search(values: Record<string, string | null>): string {
  const given = Object.entries(values).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}
