// Links between the documents of a project: where one file's link to another leads. Pure.

import type { Spec } from '../wire/types';

/** A relative link of a file, resolved; null when it leaves the specs folder or is no path. */
export function resolvePath(
  from: string,
  href: string,
): { path: string; heading: string | null } | null {
  if (/^[a-z][a-z0-9+.-]*:/i.test(href) || href.startsWith('//')) return null;
  const [target = '', fragment] = href.split('#', 2);
  const heading = fragment ? decoded(fragment) : null;
  if (target === '') return { path: from, heading };
  const names = target.startsWith('/') ? [] : from.split('/').slice(0, -1);
  for (const name of decoded(target.split('?', 1)[0] ?? '').split('/')) {
    if (name === '..') {
      if (names.pop() === undefined) return null;
    } else if (name !== '' && name !== '.') names.push(name);
  }
  return names.length > 0 ? { path: names.join('/'), heading } : null;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export interface Place {
  spec: string;
  /** Relative to the spec's folder; null = its main file. */
  file: string | null;
}

/** The spec that a path belongs to: the spec itself, or one of its files. */
export function placeOf(path: string, specs: Iterable<Spec>): Place | null {
  for (const spec of specs) {
    if (path === spec.path || path === `${spec.path}/README.md`) {
      return { spec: spec.path, file: null };
    }
    if (path.startsWith(`${spec.path}/`) && spec.files.some((file) => file.path === path)) {
      return { spec: spec.path, file: path.slice(spec.path.length + 1) };
    }
  }
  return null;
}

/** The spec that a name in `depends_on` or `parent` means: a folder's name, a path, or a number. */
export function specNamed(name: string, specs: readonly Spec[]): Spec | null {
  const wanted = name.trim();
  const last = wanted.split('/').at(-1) ?? wanted;
  const number = /^\d+$/.test(last) ? Number(last) : null;
  return (
    specs.find((spec) => spec.path === wanted) ??
    specs.find((spec) => spec.path.split('/').at(-1) === last) ??
    specs.find((spec) => number !== null && spec.summary.number === number) ??
    null
  );
}
