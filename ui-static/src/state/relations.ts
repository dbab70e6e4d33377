// How the specs of a project hang together, worked out of what each of them says. Pure.

import type { Spec } from '../wire/types';

/** A spec as another one names it; null where nothing of that name is there. */
export interface Named {
  name: string;
  spec: Spec | null;
}

export interface Relations {
  parent: Named | null;
  dependsOn: readonly Named[];
  /** Those that name this one in their `depends_on`. */
  requiredBy: readonly Spec[];
  /** Those that name this one as their parent. */
  children: readonly Spec[];
}

/** Finds specs by the names that people write: a path, a folder's name, a number. */
export class SpecNames {
  private readonly byPath = new Map<string, Spec>();
  private readonly byName = new Map<string, Spec>();
  private readonly byNumber = new Map<number, Spec>();

  constructor(specs: Iterable<Spec>) {
    for (const spec of specs) {
      this.byPath.set(spec.path, spec);
      const name = lastName(spec.path);
      if (!this.byName.has(name)) this.byName.set(name, spec);
      const { number } = spec.summary;
      if (typeof number === 'number' && !this.byNumber.has(number)) {
        this.byNumber.set(number, spec);
      }
    }
  }

  find(name: string): Spec | null {
    const wanted = name.trim();
    const last = lastName(wanted);
    const number = /^\d+$/.test(last) ? Number(last) : null;
    return (
      this.byPath.get(wanted) ??
      this.byName.get(last) ??
      (number === null ? undefined : this.byNumber.get(number)) ??
      null
    );
  }
}

function lastName(path: string): string {
  return path.split('/').at(-1) ?? path;
}

export function relationsOf(spec: Spec, specs: readonly Spec[], names: SpecNames): Relations {
  const { parent, depends_on = [] } = spec.summary;
  const isThis = (name: string) => names.find(name)?.path === spec.path;
  const others = specs.filter(({ path }) => path !== spec.path);
  return {
    parent: parent ? { name: parent, spec: names.find(parent) } : null,
    dependsOn: [...new Set(depends_on)].map((name) => ({ name, spec: names.find(name) })),
    requiredBy: others.filter(({ summary }) => summary.depends_on?.some(isThis)),
    children: others.filter(({ summary }) => summary.parent && isThis(summary.parent)),
  };
}

/** A way from a spec over what it depends on back to itself, by paths; null when there is none. */
export function cycleThrough(spec: Spec, names: SpecNames): string[] | null {
  const seen = new Set<string>();
  const way: string[] = [];
  const leads = (from: Spec): boolean => {
    way.push(from.path);
    for (const name of from.summary.depends_on ?? []) {
      const next = names.find(name);
      if (!next) continue;
      if (next.path === spec.path) return true;
      if (seen.has(next.path)) continue;
      seen.add(next.path);
      if (leads(next)) return true;
    }
    way.pop();
    return false;
  };
  return leads(spec) ? [...way, spec.path] : null;
}
