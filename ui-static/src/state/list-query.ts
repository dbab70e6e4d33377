// What somebody asked to see of a project: the part of an address that filters, sorts and groups.
// Pure; which specs it fits is decided in spec-facts.ts.

/** How the list may be put in groups; the first is what no address needs to say. */
export const GROUPS = ['none', 'status', 'priority', 'tag', 'parent'] as const;
/** By what the list may be sorted; the first is what no address needs to say. */
export const SORTS = ['number', 'updated', 'created', 'priority', 'title', 'progress'] as const;
export type Group = (typeof GROUPS)[number];
export type Sort = (typeof SORTS)[number];

export interface ListQuery {
  /** Words that all must occur in number, name, title, tags or assignee. */
  query: string;
  /** Each null when it does not matter. */
  status: string | null;
  priority: string | null;
  tag: string | null;
  assignee: string | null;
  /** Name of the spec whose children are wanted. */
  parent: string | null;
  /** Days since the last change, at least; for what lies about. */
  stale: number | null;
  group: Group;
  sort: Sort;
  /** The sort turned round. */
  reversed: boolean;
}

export const EVERYTHING: ListQuery = {
  query: '',
  status: null,
  priority: null,
  tag: null,
  assignee: null,
  parent: null,
  stale: null,
  group: 'none',
  sort: 'number',
  reversed: false,
};

/** What an address asks for; what it does not say, or says wrongly, is as in `EVERYTHING`. */
export function readListQuery(search: URLSearchParams): ListQuery {
  const stale = Number.parseInt(search.get('stale') ?? '', 10);
  const sort = search.get('sort') ?? '';
  return {
    query: search.get('q') ?? '',
    status: search.get('status'),
    priority: search.get('prio'),
    tag: search.get('tag'),
    assignee: search.get('who'),
    parent: search.get('parent'),
    stale: stale > 0 ? stale : null,
    group: GROUPS.find((group) => group === search.get('group')) ?? 'none',
    sort: SORTS.find((known) => known === sort.replace(/^-/, '')) ?? 'number',
    reversed: sort.startsWith('-'),
  };
}

/** The same as an address says it, in a fixed order; what is as always is left out. */
export function writeListQuery(list: ListQuery): Record<string, string | null> {
  const sort = `${list.reversed ? '-' : ''}${list.sort}`;
  return {
    status: list.status,
    prio: list.priority,
    tag: list.tag,
    who: list.assignee,
    parent: list.parent,
    stale: list.stale === null ? null : String(list.stale),
    group: list.group === 'none' ? null : list.group,
    sort: sort === 'number' ? null : sort,
    q: list.query === '' ? null : list.query,
  };
}

/** Whether nothing is filtered out; sorting and grouping do not count. */
export function isEverything({ group, sort, reversed, ...filters }: ListQuery): boolean {
  void [group, sort, reversed];
  return Object.values(filters).every((value) => value === null || value === '');
}
