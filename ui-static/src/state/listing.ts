// Which specs a list shows, in which order and in which groups. Pure: the moment "now" is an argument.

import type { Spec, Summary } from '../wire/types';
import type { Group, ListQuery, Sort } from './list-query';
import { matchesQuery, priorityOf, statusOf, STATUSES, writtenAt } from './spec-facts';

/** A spec as a list sees it. */
export interface Item {
  spec: Spec;
  /** Its summary as edits under way leave it. */
  summary: Summary;
  /** When it was seen to change on this page, in milliseconds since 1970. */
  changedAt: number | null;
}

/** What a filter or a group that stands for "none of them" is called in an address. */
export const NONE = '-';

const DAY_MS = 24 * 3600 * 1000;
const PRIORITY_RANK = { critical: 0, high: 1, medium: 2, low: 3 } as const;
const byText = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** When an item last changed, in milliseconds since 1970. */
export function updatedAt({ spec, changedAt }: Item): number | null {
  return changedAt ?? writtenAt(spec);
}

const isThe = (wanted: string | null, value: string | null | undefined): boolean =>
  wanted === null || (wanted === NONE ? !value : wanted === value);

/** Whether an item passes every filter but that of the status. */
export function passes(item: Item, list: ListQuery, now: number): boolean {
  const { priority, parent, assignee, tags = [] } = item.summary;
  if (!isThe(list.priority, priority)) return false;
  if (!isThe(list.parent, parent) || !isThe(list.assignee, assignee)) return false;
  if (list.tag !== null && !(list.tag === NONE ? tags.length === 0 : tags.includes(list.tag))) {
    return false;
  }
  if (list.stale !== null && now - (updatedAt(item) ?? now) < list.stale * DAY_MS) return false;
  return matchesQuery(item.spec, list.query);
}

/** Whether an item has the status that is asked for. */
export function hasStatus({ summary }: Item, { status }: ListQuery): boolean {
  return status === null || statusOf(summary) === status;
}

/** What an item is sorted by; null comes last, whichever way the order runs. */
function sortKey(item: Item, sort: Sort): number | string | null {
  const { summary } = item;
  switch (sort) {
    case 'number':
      return summary.number ?? null;
    case 'updated':
      return updatedAt(item);
    case 'created': {
      const moment = Date.parse(summary.created_at ?? summary.created ?? '');
      return Number.isNaN(moment) ? null : moment;
    }
    case 'priority': {
      const priority = priorityOf(summary);
      return priority === null ? null : PRIORITY_RANK[priority];
    }
    case 'title':
      return summary.title || summary.name || item.spec.path;
    case 'progress':
      return summary.tasks?.total ? (summary.tasks.done ?? 0) / summary.tasks.total : null;
  }
}

/** Those whose larger keys come first, unless the order is reversed. */
const LARGEST_FIRST: readonly Sort[] = ['number', 'updated', 'created', 'progress'];

/** The items in the order that is asked for. What is equal stays as given: by number, newest first. */
export function sorted<I extends Item>(
  items: readonly I[],
  { sort, reversed }: Pick<ListQuery, 'sort' | 'reversed'>,
): readonly I[] {
  if (sort === 'number' && !reversed) return items;
  const sign = LARGEST_FIRST.includes(sort) !== reversed ? -1 : 1;
  const keyed = items.map((item) => ({ item, key: sortKey(item, sort) }));
  keyed.sort((left, right) => {
    if (left.key === null || right.key === null) {
      return Number(left.key === null) - Number(right.key === null);
    }
    if (typeof left.key === 'string') return sign * byText.compare(left.key, String(right.key));
    return sign * (left.key - Number(right.key));
  });
  return keyed.map(({ item }) => item);
}

export interface Grouped<I> {
  /** Value that all of them have; `NONE` for those without one. */
  key: string;
  items: I[];
}

function groupKeys({ summary }: Item, group: Group): readonly string[] {
  switch (group) {
    case 'none':
      return [NONE];
    case 'status':
      return [statusOf(summary)];
    case 'priority':
      return [summary.priority || NONE];
    case 'tag':
      return summary.tags?.length ? [...new Set(summary.tags)] : [NONE];
    case 'parent':
      return [summary.parent || NONE];
  }
}

/** The items in groups, keeping their order; one with several tags stands in each of theirs. */
export function grouped<I extends Item>(items: readonly I[], group: Group): Grouped<I>[] {
  const groups = new Map<string, I[]>();
  for (const item of items) {
    for (const key of groupKeys(item, group)) {
      const others = groups.get(key);
      if (others) others.push(item);
      else groups.set(key, [item]);
    }
  }
  const order = groupOrder(group);
  return [...groups]
    .map(([key, own]) => ({ key, items: own }))
    .sort(
      (left, right) =>
        order(left.key) - order(right.key) ||
        (group === 'tag' ? right.items.length - left.items.length : 0) ||
        byText.compare(left.key, right.key),
    );
}

/** The place of a group by its key alone; what has no value comes last. */
function groupOrder(group: Group): (key: string) => number {
  const known: readonly string[] =
    group === 'status'
      ? [...STATUSES, 'other']
      : group === 'priority'
        ? Object.keys(PRIORITY_RANK)
        : [];
  return (key) => {
    if (key === NONE) return known.length + 1;
    const at = known.indexOf(key);
    return at < 0 ? known.length : at;
  };
}

/** A line of the list: the heading of a group, or a spec. `id` is its own among all. */
export type Row<I> =
  { id: string; group: string; count: number } | { id: string; group: null; item: I };

/** The lines of a list, top to bottom. Without groups there are no headings. */
export function rowsOf<I extends Item>(items: readonly I[], group: Group): Row<I>[] {
  if (group === 'none') {
    return items.map((item) => ({ id: item.spec.path, group: null, item }));
  }
  return grouped(items, group).flatMap(({ key, items: own }) => [
    { id: `/${key}`, group: key, count: own.length },
    ...own.map((item) => ({ id: `${key}/${item.spec.path}`, group: null, item })),
  ]);
}

export interface Choice {
  value: string;
  count: number;
}

/** The values that a field has in these items, each with how many have it, the most used first. */
export function choices(items: readonly Item[], field: 'tag' | 'assignee' | 'parent'): Choice[] {
  const counts = new Map<string, number>();
  for (const { summary } of items) {
    const values = field === 'tag' ? (summary.tags ?? []) : [summary[field] ?? ''];
    for (const value of values) if (value) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((left, right) => right.count - left.count || byText.compare(left.value, right.value));
}

/** The filters that can be taken away one by one, in the order of their controls. */
export const FILTERS = ['status', 'priority', 'tag', 'assignee', 'parent', 'stale'] as const;
export type FilterName = (typeof FILTERS)[number];

/** Those that are set. The words to search for are shown in their own field. */
export function activeFilters(list: ListQuery): { name: FilterName; value: string }[] {
  return FILTERS.flatMap((name) => {
    const value = list[name];
    return value === null ? [] : [{ name, value: String(value) }];
  });
}
