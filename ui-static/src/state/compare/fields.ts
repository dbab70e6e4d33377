// The frontmatters of two copies of a spec, field by field. Pure.

import type { Summary } from '../../wire/types';

export interface FieldRow {
  /** As the frontmatter calls it. */
  name: string;
  /** As text; null = absent. */
  left: string | null;
  right: string | null;
  same: boolean;
}

/** In the order in which people look for them; what else a file says follows by name. */
const KNOWN = [
  'title',
  'status',
  'priority',
  'tags',
  'assignee',
  'parent',
  'depends_on',
  'created',
  'created_at',
  'updated_at',
  'completed_at',
  'due',
  'transitions',
] as const;

/** All fields that one of the two has: those that differ first, each part in the order of `KNOWN`. */
export function fieldRows(left: Summary, right: Summary): FieldRow[] {
  const extra = [...Object.keys(left.fields ?? {}), ...Object.keys(right.fields ?? {})];
  const names = [...KNOWN, ...[...new Set(extra)].filter((name) => !isKnown(name)).sort()];
  const rows = names
    .map((name) => {
      const [ours, theirs] = [valueOf(left, name), valueOf(right, name)];
      return { name, left: ours, right: theirs, same: ours === theirs };
    })
    .filter((row) => row.left !== null || row.right !== null);
  return [...rows.filter(({ same }) => !same), ...rows.filter(({ same }) => same)];
}

function isKnown(name: string): boolean {
  return (KNOWN as readonly string[]).includes(name);
}

function valueOf(summary: Summary, name: string): string | null {
  const value = isKnown(name) ? summary[name as keyof Summary] : summary.fields?.[name];
  return textOf(value);
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined || value === '') return null;
  if (Array.isArray(value)) {
    return value.length === 0 ? null : value.map((item) => textOf(item) ?? '').join(', ');
  }
  if (typeof value !== 'object') return String(value);
  // A transition is the only object that LeanSpec's own fields hold.
  const { status, at } = value as { status?: unknown; at?: unknown };
  if (typeof status === 'string' && typeof at === 'string') return `${status} ${at}`;
  return JSON.stringify(value);
}
