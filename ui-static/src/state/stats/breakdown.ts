// How many specs there are of which kind, each with the list that shows them; and what lies about.
// Pure: the moment "now" is an argument.

import type { Spec, Summary } from '../../wire/types';
import type { ListQuery } from '../list-query';
import { NONE } from '../listing';
import { mainFile, statusOf, STATUSES, writtenAt } from '../spec-facts';
import { lifeOf } from './moments';

export interface Share {
  /** As it stands in the file; null = it says none. */
  value: string | null;
  count: number;
  /** What shows them in the list; null where no filter does. */
  list: Partial<ListQuery> | null;
}

export function byStatus(specs: readonly Spec[]): Share[] {
  const counts = counted(specs, ({ summary }) => [statusOf(summary)]);
  return [...STATUSES, 'other' as const]
    .filter((status) => counts.has(status))
    .map((status) => ({ value: status, count: counts.get(status) ?? 0, list: { status } }));
}

const PRIORITIES = ['critical', 'high', 'medium', 'low'];

export function byPriority(specs: readonly Spec[]): Share[] {
  const counts = counted(specs, ({ summary }) => [summary.priority || null]);
  const rank = (value: string | null) => {
    const at = PRIORITIES.indexOf(value ?? '');
    return at >= 0 ? at : value === null ? 9 : 8;
  };
  return [...counts]
    .sort(([left], [right]) => rank(left) - rank(right))
    .map(([value, count]) => ({ value, count, list: { priority: value ?? NONE } }));
}

/** The most frequent first; those beyond `most` are left out. */
export function byTag(specs: readonly Spec[], most: number): Share[] {
  const counts = counted(specs, ({ summary }) => new Set(summary.tags ?? []));
  return frequent(counts, most, (tag) => ({ tag }));
}

export function byAssignee(specs: readonly Spec[], most: number): Share[] {
  const counts = counted(specs, ({ summary }) => [summary.assignee || null]);
  return frequent(counts, most, (assignee) => ({ assignee }));
}

function counted<Value>(
  specs: readonly Spec[],
  values: (spec: Spec) => Iterable<Value>,
): Map<Value, number> {
  const counts = new Map<Value, number>();
  for (const spec of specs) {
    for (const value of values(spec)) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

function frequent(
  counts: ReadonlyMap<string | null, number>,
  most: number,
  list: (value: string) => Partial<ListQuery>,
): Share[] {
  return [...counts]
    .sort(([a, many], [b, few]) => few - many || (a ?? '').localeCompare(b ?? ''))
    .slice(0, most)
    .map(([value, count]) => ({ value, count, list: list(value ?? NONE) }));
}

/** A spec and how old something about it is, in days. */
export interface Aged {
  spec: Spec;
  days: number;
}

const DAY_MS = 24 * 3600 * 1000;
const isOpen = ({ status }: Summary) => status !== 'complete' && status !== 'archived';

/** What is being worked on, the longest first; `unsaid` do not say since when. */
export function inProgress(specs: readonly Spec[], now: number) {
  const working = specs.filter(({ summary }) => summary.status === 'in-progress');
  const aged = working.flatMap((spec): Aged[] => {
    const { since } = lifeOf(spec.summary, now);
    return since ? [{ spec, days: Math.max(0, now - since.at) / DAY_MS }] : [];
  });
  return { aged: oldestFirst(aged), unsaid: working.length - aged.length };
}

/** Open specs that nobody touched for so many days, the oldest first. */
export function staleWork(specs: readonly Spec[], days: number, now: number): Aged[] {
  const open = specs.filter(({ summary }) => isOpen(summary));
  const aged = open.flatMap((spec): Aged[] => {
    const at = writtenAt(spec);
    return at === null ? [] : [{ spec, days: (now - at) / DAY_MS }];
  });
  return oldestFirst(aged.filter((one) => one.days >= days));
}

const oldestFirst = (aged: Aged[]) => aged.sort((left, right) => right.days - left.days);

/** Bytes of prose and code that make up one token, by LeanSpec's own figures. */
const BYTES_PER_TOKEN = 4;
/** Above these LeanSpec says that a spec is good, long, too long; below the first it is at its best. */
export const TOKEN_LIMITS = [2000, 3500, 5000] as const;

/**
 * The tokens of a main file, as an estimate out of its size: LeanSpec counts them with a tokenizer
 * whose tables alone are larger than this whole page.
 */
export function tokensOf(spec: Spec): number {
  return Math.ceil((mainFile(spec)?.size ?? 0) / BYTES_PER_TOKEN);
}

/** Which band of `TOKEN_LIMITS` a number of tokens falls into, counted from 0. */
export function tokenBand(tokens: number): number {
  return TOKEN_LIMITS.filter((limit) => tokens >= limit).length;
}
