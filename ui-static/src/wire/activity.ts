// What was done through the relay, page by page. In a file of its own, since the first screen needs
// none of it.

import type { RelayApi } from './api';
import { malformed } from './failure';
import type { ActivityEntry } from './types';

/** Of which machine and project; null = of all. */
export interface ActivityScope {
  machine: string | null;
  project: string | null;
}

export interface ActivityPage {
  /** Newest first. */
  entries: ActivityEntry[];
  /** What to ask for next; null on the last page. */
  next: number | null;
}

export class ActivityApi {
  constructor(private readonly api: RelayApi) {}

  /** One page of at most `limit` entries; `before` is the `next` of the page before it. */
  async page(scope: ActivityScope, before: number | null, limit: number): Promise<ActivityPage> {
    const query = new URLSearchParams({ limit: String(limit) });
    if (before !== null) query.set('before', String(before));
    if (scope.machine !== null) query.set('machine', scope.machine);
    if (scope.project !== null) query.set('project', scope.project);
    const [value] = await this.api.json(`/v1/activity?${query}`);
    const { entries, next } = (value ?? {}) as { entries?: unknown; next?: unknown };
    if (!Array.isArray(entries)) throw malformed(this.api.origin);
    return { entries: entries.filter(isEntry), next: typeof next === 'number' ? next : null };
  }
}

function isEntry(value: unknown): value is ActivityEntry {
  const entry = value as Partial<ActivityEntry> | null;
  const texts = [entry?.at, entry?.command, entry?.machine, entry?.project, entry?.state];
  return texts.every((text) => typeof text === 'string') && typeof entry?.outcome === 'object';
}
