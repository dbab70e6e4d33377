// Edits in words: what was changed, how it stands, why it was not done. Pure.

import type { Fields, Outcome } from '../../wire/types';
import { agoShort } from '../freshness';
import { numberText, type Priority, type Status, statusName, STATUSES } from '../spec-facts';
import type { Edit } from './edit';

const FIELD_NAMES: Record<string, string> = {
  status: 'Status',
  priority: 'Priority',
  tags: 'Tags',
  assignee: 'Assignee',
  depends_on: 'Depends on',
  parent: 'Part of',
};

export const PRIORITIES: readonly Priority[] = ['critical', 'high', 'medium', 'low'];

export function fieldName(field: string): string {
  return FIELD_NAMES[field] ?? field;
}

/** A value of the frontmatter for people. */
export function valueWords(field: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return 'none';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ');
  const status = STATUSES.find((known) => known === value);
  if (field === 'status' && status) return statusName(status as Status);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** "Status: Complete", "Priority: none, Tags: a, b". */
export function fieldsWords(fields: Fields): string {
  return Object.entries(fields)
    .map(([field, value]) => `${fieldName(field)}: ${valueWords(field, value)}`)
    .join(', ');
}

/** What a task line says, without bullet and box. */
function taskWords(line: string): string {
  const words = line.replace(/^.*?\[[ xX]\]\s*/, '').replace(/[*_`]/g, '');
  return words.length > 60 ? `${words.slice(0, 59)}…` : words;
}

/** What an edit changes. */
export function whatWords({ change }: Edit): string {
  switch (change.type) {
    case 'update_frontmatter':
      return fieldsWords(change.fields);
    case 'toggle_task':
      return `${change.checked ? 'Ticked' : 'Cleared'} “${taskWords(change.seen_line)}”`;
    case 'update_content':
      return 'New text';
    case 'create_spec':
      return `New spec “${change.title || change.name}”`;
    default:
      // A type of a newer version, made elsewhere.
      return 'A change';
  }
}

/** The spec an edit is about: `#042 login`. */
export function whereWords(edit: Edit): string {
  if (edit.spec === null) return '';
  const name = edit.spec.split('/').at(-1) ?? edit.spec;
  const match = /^(\d+)-(.+)$/.exec(name);
  return match ? `#${numberText(Number(match[1]))} ${match[2]}` : name;
}

const dayAndTime = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** The day on which a waiting command ends by itself. */
export function untilWords(edit: Edit): string {
  const until = Date.parse(edit.command?.expires_at ?? '');
  return Number.isNaN(until) ? '' : dayAndTime.format(until);
}

export function sinceWords(edit: Edit, now: number): string {
  const since = Date.parse(edit.command?.created_at ?? '');
  return agoShort(Number.isNaN(since) ? edit.startedAt : since, now);
}

/** How an edit that is under way stands, to the machine of this name. */
export function progressWords(edit: Edit, machine: { name: string; online: boolean }): string {
  if (edit.command?.withdraw_requested) return `Asked ${machine.name} to take it back`;
  if (edit.phase === 'applied') return `Applied on ${machine.name}`;
  if (edit.phase === 'unknown') return `${machine.name} has not answered`;
  if (edit.phase === 'taken' && !machine.online) {
    const until = untilWords(edit);
    return `Waits for ${machine.name}${until ? `, until ${until}` : ''}`;
  }
  return edit.phase === 'taken' ? `Waiting for ${machine.name}` : 'Sending';
}

const RULES: Record<string, string> = {
  known_value: 'LeanSpec does not know this value',
  draft_first: 'A draft becomes planned first',
  open_children: 'Some of its parts are still open',
};

function ruleWords({ rule, details = [] }: Outcome): string {
  if (rule !== 'open_tasks') return RULES[rule ?? ''] ?? 'A rule of LeanSpec forbids it';
  if (details.length === 0) return 'Tasks are still open';
  return details.length === 1 ? '1 task is still open' : `${details.length} tasks are still open`;
}

/** Why an edit was not done, in one short sentence without its full stop. */
export function troubleWords(edit: Edit, machine: string): string {
  const outcome = edit.command?.outcome ?? {};
  switch (edit.phase) {
    case 'unsent':
      return 'Not sent';
    case 'expired':
      if (outcome.outcome_unknown) return `Whether ${machine} did it is not known`;
      return `${machine} did not come in time`;
    case 'conflict':
      if (outcome.reason === 'gone') {
        return outcome.moved_to ? 'The spec was moved' : 'The file is gone';
      }
      if (outcome.reason === 'predecessor') return 'The change before it was not done';
      return `Changed on ${machine} since you looked`;
    case 'refused':
      return outcome.reason === 'rule' ? ruleWords(outcome) : `${machine} refused it`;
    default:
      return edit.command ? `${machine} could not do it` : 'The relay did not take it';
  }
}

/** What else there is to say: the machine's own sentence, or why nothing was sent. */
export function troubleMore(edit: Edit): string {
  if (edit.phase === 'unsent') return `${edit.message} Nothing is lost: sending again is safe.`;
  return edit.command?.outcome?.message ?? edit.message;
}

/** Whether doing it all the same is offered: LeanSpec's rules can be passed, but for one. */
export function mayForce(edit: Edit): boolean {
  const outcome = edit.command?.outcome;
  return edit.phase === 'refused' && outcome?.reason === 'rule' && outcome.rule !== 'known_value';
}

/** What doing it all the same is called. */
export function forceWords(edit: Edit): string {
  const to = edit.change.type === 'update_frontmatter' ? edit.change.fields['status'] : null;
  return to === 'complete' ? 'Complete anyway' : 'Do it anyway';
}
