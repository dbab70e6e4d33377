// The same spec on other machines: which of their projects is the same, which of its specs, and
// whether it holds the same bytes. Pure.

import type { Machine, Project, Spec } from '../wire/types';

export interface OtherPlace {
  machine: Machine;
  project: Project;
}

/** The same project on the other machines: `key` is the same on every machine. */
export function placesElsewhere(
  of: { machine: string; key: string },
  machines: readonly Machine[],
  projects: (machine: string) => readonly Project[],
): OtherPlace[] {
  return machines
    .filter(({ id }) => id !== of.machine)
    .flatMap((machine) =>
      projects(machine.id)
        .filter(({ key }) => key === of.key)
        .map((project) => ({ machine, project })),
    );
}

/** The same spec among others: in the same place, else moved: its number and name elsewhere. */
export function sameSpec(spec: Pick<Spec, 'path'>, others: readonly Spec[]): Spec | null {
  const name = spec.path.split('/').at(-1) ?? spec.path;
  return (
    others.find(({ path }) => path === spec.path) ??
    others.find(({ path }) => path.split('/').at(-1) === name) ??
    null
  );
}

/** What an old link may have meant: the only spec with the number of its name. */
export function renamedSpec(path: string, specs: readonly Spec[]): Spec | null {
  const moved = sameSpec({ path }, specs);
  if (moved) return moved;
  const digits = /^(\d+)-/.exec(path.split('/').at(-1) ?? '')?.[1];
  if (digits === undefined) return null;
  const found = specs.filter(({ summary }) => summary.number === Number(digits));
  return found.length === 1 ? (found[0] ?? null) : null;
}

/** How the files of two copies stand to each other, by their names inside the spec. */
export interface FileDifference {
  file: string;
  /** Hashes; null = it is not on that side. */
  left: string | null;
  right: string | null;
}

/** The files that differ between two copies of a spec, by name. */
export function filesApart(left: Spec, right: Spec): FileDifference[] {
  const [ours, theirs] = [hashes(left), hashes(right)];
  return [...new Set([...ours.keys(), ...theirs.keys()])]
    .sort()
    .map((file) => ({ file, left: ours.get(file) ?? null, right: theirs.get(file) ?? null }))
    .filter((file) => file.left !== file.right);
}

/** Hashes by the name inside the spec's folder; a spec that is one file has the name ''. */
function hashes(spec: Spec): Map<string, string> {
  return new Map(spec.files.map(({ path, hash }) => [path.slice(spec.path.length + 1), hash]));
}
