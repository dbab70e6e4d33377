// What the list says of a spec, worked out of its summary. Pure.

import type { Spec, SpecFile, Summary } from '../wire/types';
import { specWords } from '../words/spec';

/** The statuses LeanSpec knows, in the order of a spec's life. */
export const STATUSES = ['draft', 'planned', 'in-progress', 'complete', 'archived'] as const;
export type Status = (typeof STATUSES)[number] | 'other';

export function statusOf(summary: Summary): Status {
  return STATUSES.find((status) => status === summary.status) ?? 'other';
}

/** For people: the known word, or what stands in the file. */
export function statusWords(summary: Summary): string {
  const status = statusOf(summary);
  return status === 'other' ? (summary.status ?? specWords().noStatus) : statusName(status);
}

export function statusName(status: Status): string {
  return specWords().status[status];
}

export type Priority = 'low' | 'medium' | 'high' | 'critical';

export function priorityOf(summary: Summary): Priority | null {
  const known: readonly Priority[] = ['low', 'medium', 'high', 'critical'];
  return known.find((priority) => priority === summary.priority) ?? null;
}

export function priorityName(priority: Priority): string {
  return specWords().priority[priority];
}

/** `042`, as LeanSpec writes numbers; empty for a spec without one. */
export function numberText(number: number | null | undefined): string {
  return number === null || number === undefined ? '' : String(number).padStart(3, '0');
}

/** When a spec last changed, in milliseconds since 1970: what its file says, else the file system. */
export function writtenAt(spec: Spec): number | null {
  const { updated_at, completed_at, created_at, created } = spec.summary;
  for (const text of [updated_at, completed_at, created_at, created]) {
    const moment = Date.parse(text ?? '');
    if (!Number.isNaN(moment)) return moment;
  }
  return savedAt(spec.files);
}

/** When a file was last written on the machine, in milliseconds since 1970. */
export function savedAt(files: readonly SpecFile[]): number | null {
  const moments = files.map((file) => Date.parse(file.mtime)).filter((ms) => !Number.isNaN(ms));
  return moments.length === 0 ? null : Math.max(...moments);
}

/** Whether all words of a query occur in number, name, title, tags or assignee. */
export function matchesQuery(spec: Spec, query: string): boolean {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const { title = '', tags = [], assignee } = spec.summary;
  const text = [spec.path, title, ...tags, assignee ?? ''].join('\n').toLowerCase();
  return words.every((word) => text.includes(word.replace(/^#/, '')));
}

/** How many specs there are of each status. */
export function countStatuses(specs: Iterable<{ summary: Summary }>): Map<Status, number> {
  const counts = new Map<Status, number>();
  for (const { summary } of specs) {
    const status = statusOf(summary);
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  return counts;
}

/** The file that carries the spec: its README, or the only file of a flat spec. */
export function mainFile(spec: Spec): SpecFile | null {
  const direct = spec.files.filter((file) => isDocument(file.path));
  const readme = `${spec.path}/README.md`;
  return (
    direct.find((file) => file.path === readme || file.path === spec.path) ?? direct[0] ?? null
  );
}

/** The other Markdown files that stand beside the main one, by name. */
export function subFiles(spec: Spec): SpecFile[] {
  const main = mainFile(spec);
  const depth = spec.path.split('/').length + 1;
  return spec.files
    .filter((file) => file !== main && isDocument(file.path))
    .filter((file) => file.path.split('/').length === depth)
    .sort((left, right) => (left.path.toLowerCase() < right.path.toLowerCase() ? -1 : 1));
}

function isDocument(path: string): boolean {
  return path.toLowerCase().endsWith('.md');
}

/** LeanSpec's label of a sub-spec file: `API_DESIGN-notes.md` → "API Design Notes". */
export function fileLabel(path: string): string {
  const name = (path.split('/').at(-1) ?? path).replace(/\.md$/i, '');
  return name
    .split(/[-_]/)
    .filter(Boolean)
    .map((part) =>
      /^[A-Z]{1,4}$/.test(part) ? part : part[0]?.toUpperCase() + part.slice(1).toLowerCase(),
    )
    .join(' ');
}
