// Addresses of screens, as they stand behind the '#'. A fragment never reaches the host of this
// page, so neither machines nor projects appear in its logs. Own and small because the routers kept
// for Svelte route on the path or leave the query of a hash route unread, where our filters live.

import { EVERYTHING, type ListQuery, readListQuery, writeListQuery } from '../state/list-query';

/** The ways to look at a project; the first is what no address needs to say. */
export const VIEWS = ['list', 'board', 'graph', 'stats', 'activity'] as const;
export type View = (typeof VIEWS)[number];

/** The parts of the settings; the first is what no address needs to say. */
export const SETTINGS = ['general', 'devices', 'relays', 'network', 'about'] as const;
export type SettingsPart = (typeof SETTINGS)[number];

export interface ProjectPage {
  name: 'project';
  machine: string;
  project: string;
  view: View;
  list: ListQuery;
  /** The spec in the middle of the graph; null = the whole project. */
  focus: string | null;
}

export interface SpecPage {
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

/** The same spec on two machines. */
export interface ComparePage {
  name: 'compare';
  machine: string;
  project: string;
  spec: string;
  file: string | null;
  /** Id of the machine on the other side. */
  other: string;
}

export type Page =
  | { name: 'machines' }
  | { name: 'pair'; relay: string | null; code: string | null }
  | { name: 'settings'; part: SettingsPart }
  /** Edits that need somebody: conflicts, failed, queued, of unknown end. */
  | { name: 'inbox' }
  /** What was done through the relay, over all machines. */
  | {
      name: 'activity';
      /** Id of the one machine whose is wanted. */
      of?: string;
    }
  | { name: 'machine'; machine: string }
  | ProjectPage
  | SpecPage
  | ComparePage
  | { name: 'unknown' };

/** The page of a project, as a list of everything unless said otherwise. */
export function projectPage(
  machine: string,
  project: string,
  more: { view?: View; list?: Partial<ListQuery>; focus?: string | null } = {},
): ProjectPage {
  const { view = 'list', list = {}, focus = null } = more;
  return { name: 'project', machine, project, view, list: { ...EVERYTHING, ...list }, focus };
}

/** The page of a spec's main file, rendered, from its top. */
export function specPage(machine: string, project: string, spec: string): SpecPage {
  return { name: 'spec', machine, project, spec, file: null, raw: null, heading: null };
}

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
  const [first, second, p, project, s, spec, ...rest] = segments;
  if (first === undefined) return { name: 'machines' };
  if (first === 'inbox') return { name: 'inbox' };
  if (first === 'activity') {
    const machine = query.get('machine');
    return machine === null ? { name: 'activity' } : { name: 'activity', of: machine };
  }
  if (first === 'settings') {
    return { name: 'settings', part: SETTINGS.find((part) => part === second) ?? 'general' };
  }
  if (first === 'pair') return { name: 'pair', relay: query.get('relay'), code: query.get('code') };
  if (first !== 'm' || second === undefined) return { name: 'unknown' };
  if (p === undefined) return { name: 'machine', machine: second };
  if (p !== 'p' || project === undefined) return { name: 'unknown' };
  if (s === undefined) {
    const view = VIEWS.find((known) => known === query.get('v')) ?? 'list';
    const list = readListQuery(query);
    return projectPage(second, project, { view, list, focus: query.get('focus') });
  }
  if (s !== 's' || spec === undefined) return { name: 'unknown' };
  const [vs, other, ...more] = rest;
  // A file of that name ends in `.md`; a machine's id never does.
  if (vs === 'vs' && other !== undefined && !/\.md$/i.test(rest.at(-1) ?? '')) {
    if (more.length > 0) return { name: 'unknown' };
    return { name: 'compare', machine: second, project, spec, other, file: query.get('file') };
  }
  return {
    ...specPage(second, project, spec),
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
    case 'inbox':
      return '/inbox';
    case 'activity':
      return `/activity${search({ machine: page.of ?? null })}`;
    case 'settings':
      return page.part === 'general' ? '/settings' : `/settings/${page.part}`;
    case 'pair':
      return `/pair${search({ relay: page.relay, code: page.code })}`;
    case 'machine':
      return `/m/${encodeURIComponent(page.machine)}`;
    case 'project': {
      const view = page.view === 'list' ? null : page.view;
      const query = { v: view, focus: page.focus, ...writeListQuery(page.list) };
      return `${projectPath(page)}${search(query)}`;
    }
    case 'spec': {
      const file =
        page.file === null ? '' : `/${page.file.split('/').map(encodeURIComponent).join('/')}`;
      const query = search({
        raw: page.raw === null ? null : page.raw ? '1' : '0',
        h: page.heading,
      });
      return `${specPath(page)}${file}${query}`;
    }
    case 'compare':
      return `${specPath(page)}/vs/${encodeURIComponent(page.other)}${search({ file: page.file })}`;
  }
}

function specPath(page: { machine: string; project: string; spec: string }): string {
  return `${projectPath(page)}/s/${encodeURIComponent(page.spec)}`;
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
