// What does not fit together around a spec: links that lead nowhere, names that mean nothing, numbers
// that are taken twice. Pure. What is wrong inside its file, the bridge says (`Summary.problems`).

import type { Spec } from '../wire/types';
import { isImage } from './images';
import { placeOf, resolvePath } from './links';
import { cycleThrough, type SpecNames } from './relations';
import { numberText } from './spec-facts';

export type Check =
  /** A link of the text that is shown leads to a file that is not there. */
  | { code: 'broken_link'; href: string; line: number | null }
  /** A link leads to a heading that the text does not have. */
  | { code: 'broken_heading'; href: string; line: number | null }
  | { code: 'unknown_dependency'; name: string }
  | { code: 'unknown_parent'; name: string }
  /** It waits for itself: the specs on the way, by path. */
  | { code: 'cycle'; way: readonly string[] }
  | { code: 'duplicate_number'; number: string; others: readonly Spec[] }
  | { code: 'open_tasks'; open: number }
  | { code: 'no_title' };

/** A link as the text has it; the line of the file counts from 1. */
export interface TextLink {
  href: string;
  line: number | null;
}

/** What is wrong between a spec and the others of its project. */
export function checkSpec(spec: Spec, specs: readonly Spec[], names: SpecNames): Check[] {
  const { summary } = spec;
  const found: Check[] = [];
  if (summary.title === undefined || summary.title === summary.name) {
    found.push({ code: 'no_title' });
  }
  if (summary.parent && !names.find(summary.parent)) {
    found.push({ code: 'unknown_parent', name: summary.parent });
  }
  for (const name of new Set(summary.depends_on ?? [])) {
    if (!names.find(name)) found.push({ code: 'unknown_dependency', name });
  }
  const way = cycleThrough(spec, names);
  if (way) found.push({ code: 'cycle', way });
  const twins = twinsOf(spec, specs);
  if (twins.length > 0) {
    const number = numberText(summary.number);
    found.push({ code: 'duplicate_number', number, others: twins });
  }
  const open = (summary.tasks?.total ?? 0) - (summary.tasks?.done ?? 0);
  if (summary.status === 'complete' && open > 0) found.push({ code: 'open_tasks', open });
  return found;
}

/** Others with its number in the same folder: LeanSpec tells them apart by nothing else. */
function twinsOf(spec: Spec, specs: readonly Spec[]): Spec[] {
  const { number } = spec.summary;
  if (number === null || number === undefined) return [];
  return specs.filter(
    (other) =>
      other.path !== spec.path &&
      other.summary.number === number &&
      folderOf(other.path) === folderOf(spec.path),
  );
}

function folderOf(path: string): string {
  return path.split('/').slice(0, -1).join('/');
}

/**
 * The links of a text that lead nowhere. What the relay cannot know is not called broken: files
 * outside the specs folder, and kinds of files that it does not hold.
 */
export function checkLinks(
  path: string,
  links: readonly TextLink[],
  headings: ReadonlySet<string>,
  specs: readonly Spec[],
): Check[] {
  const files = new Set(specs.flatMap((spec) => spec.files.map((file) => file.path)));
  return links.flatMap(({ href, line }): Check[] => {
    const target = resolvePath(path, href);
    if (!target) return [];
    if (target.path === path) {
      const id = target.heading?.toLowerCase().replace(/^h-/, '');
      if (id === undefined || headings.has(`h-${id}`)) return [];
      return [{ code: 'broken_heading', href, line }];
    }
    if (!isHeld(target.path) || files.has(target.path)) return [];
    return placeOf(target.path, specs) || isFolder(target.path, files)
      ? []
      : [{ code: 'broken_link', href, line }];
  });
}

/** Whether the relay would hold a file of this kind, were it there. */
function isHeld(path: string): boolean {
  const name = path.split('/').at(-1) ?? path;
  return /\.md$/i.test(name) || isImage(name) || !name.includes('.');
}

function isFolder(path: string, files: ReadonlySet<string>): boolean {
  for (const file of files) if (file.startsWith(`${path}/`)) return true;
  return false;
}
