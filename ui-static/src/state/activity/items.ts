// What happened, as the page lists it: edits that came to an end through the relay, and files that
// were seen to be saved. Pure.

import type { ActivityEntry, Change, Command, Outcome } from '../../wire/types';

/** An edit that came to an end. */
export interface Ended {
  kind: 'ended';
  /** Id of the command. */
  key: string;
  /** In milliseconds since 1970. */
  at: number;
  machine: string;
  project: string;
  spec: string | null;
  /** Name of the key that asked for it. */
  by: string;
  /** `update_frontmatter`, `toggle_task`, …; a newer version may know others. */
  type: string;
  /** `applied`, `conflict`, …; a newer version may know others. */
  state: string;
  outcome: Outcome;
}

/** Specs of one project that were saved on the machine, by whomever, while this page was open. */
export interface Saved {
  kind: 'saved';
  key: string;
  at: number;
  machine: string;
  project: string;
  /** Paths; the one that was saved last comes first. */
  specs: readonly string[];
  /** What its status became, where it changed and only one spec was saved. */
  status: { from: string | null; to: string | null } | null;
  gone: boolean;
}

export type Happened = Ended | Saved;

/** How an edit came to its end, as far as a list needs to tell them apart. */
export const ENDS = ['done', 'conflict', 'failed', 'withdrawn', 'saved'] as const;
export type End = (typeof ENDS)[number];

export function endOf(item: Happened): End {
  if (item.kind === 'saved') return 'saved';
  if (item.state === 'applied') return 'done';
  if (item.state === 'conflict' || item.state === 'withdrawn') return item.state;
  return 'failed';
}

export function fromEntry(entry: ActivityEntry): Ended {
  const { at, by, command, machine, project, spec, state, type, outcome } = entry;
  return {
    kind: 'ended',
    key: command,
    at: Date.parse(at) || 0,
    machine,
    project,
    spec: spec ?? outcome.spec ?? null,
    by: by?.name ?? '',
    type: type ?? '',
    state,
    outcome,
  };
}

/** The same out of the feed; null while it is under way. */
export function fromCommand(command: Command): Ended | null {
  const at = Date.parse(command.ended_at ?? '');
  if (Number.isNaN(at)) return null;
  const { id, by, machine, project, state, type } = command;
  const outcome = command.outcome ?? {};
  const named = typeof command['spec'] === 'string' ? command['spec'] : null;
  return {
    kind: 'ended',
    key: id,
    at,
    machine,
    project,
    spec: named ?? outcome.spec ?? null,
    by: by.name,
    type,
    state,
    outcome,
  };
}

/** Fields that LeanSpec keeps itself: nobody asked for their change. */
const KEPT_BY_ITSELF = new Set([
  'updated_at',
  'updated',
  'transitions',
  'completed_at',
  'completed',
]);

/** The fields that somebody meant to change. */
export function meantChanges(outcome: Outcome): Change[] {
  return (outcome.changes ?? []).filter(({ field }) => !KEPT_BY_ITSELF.has(field));
}

/** How many lines a difference adds and removes. */
export function linesChanged(diff: string | null | undefined): { added: number; removed: number } {
  let added = 0;
  let removed = 0;
  for (const line of (diff ?? '').split('\n')) {
    if (line.startsWith('+') && !line.startsWith('+++ ')) added += 1;
    else if (line.startsWith('-') && !line.startsWith('--- ')) removed += 1;
  }
  return { added, removed };
}

/** What a ticked or cleared task says, out of the difference it made; empty when that says none. */
export function taskChanged(diff: string | null | undefined): { text: string; checked: boolean } {
  const line = (diff ?? '').split('\n').find((row) => /^\+\s*- \[[ xX]\]/.test(row));
  const [, mark = ' ', text = ''] = /^\+\s*- \[([ xX])\]\s*(.*)$/.exec(line ?? '') ?? [];
  return { text: text.trim(), checked: mark !== ' ' };
}

/** Saves within this long of each other, in one project, are one entry: a checkout is no list. */
const TOGETHER_MS = 60_000;

/** The list with one more save, newest first; at most `most` entries are kept. */
export function withSave(list: readonly Saved[], save: Saved, most: number): readonly Saved[] {
  const [last, ...others] = list;
  const joins =
    last !== undefined &&
    last.machine === save.machine &&
    last.project === save.project &&
    last.gone === save.gone &&
    save.at - last.at < TOGETHER_MS;
  if (!joins) return [save, ...list].slice(0, most);
  const specs = [...new Set([...save.specs, ...last.specs])];
  const status =
    specs.length > 1
      ? null
      : save.status && { from: last.status?.from ?? save.status.from, to: save.status.to };
  return [
    { ...last, at: save.at, specs, status: status ?? (specs.length > 1 ? null : last.status) },
    ...others,
  ];
}

/** Newest first, each once. A save that an edit made is told by the edit. */
export function joined(
  ended: readonly Ended[],
  saved: readonly Saved[],
  isOfEdit: (save: Saved) => boolean = () => false,
): Happened[] {
  const byKey = new Map(ended.map((item) => [item.key, item]));
  const own = saved.filter((save) => !isOfEdit(save));
  return [...byKey.values(), ...own].sort((left, right) => right.at - left.at);
}

export interface Day {
  /** `2026-11-22`, in the reader's time zone. */
  day: string;
  items: Happened[];
}

/** The day of a moment where the reader is. */
export function dayOf(at: number, timeZone?: string): string {
  // Swedish writes days as ISO 8601 does.
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(at);
}

/** A list that is newest first, cut into days. */
export function byDay(items: readonly Happened[], timeZone?: string): Day[] {
  const days: Day[] = [];
  for (const item of items) {
    const day = dayOf(item.at, timeZone);
    const last = days.at(-1);
    if (last?.day === day) last.items.push(item);
    else days.push({ day, items: [item] });
  }
  return days;
}
