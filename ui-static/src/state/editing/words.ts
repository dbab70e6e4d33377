// Edits in words: what was changed, how it stands, why it was not done. Pure.

import type { Fields, Outcome } from '../../wire/types';
import { agoShort } from '../freshness';
import { editWords } from '../../words/edits';
import { specWords } from '../../words/spec';
import { dayWords } from '../../words/time';
import {
  numberText,
  type Priority,
  priorityName,
  type Status,
  statusName,
  STATUSES,
} from '../spec-facts';
import { outcomeSaying, type Saying } from '../saying';
import type { Edit } from './edit';

export const PRIORITIES: readonly Priority[] = ['critical', 'high', 'medium', 'low'];

export function fieldName(field: string): string {
  const names: Record<string, string> = specWords().field;
  return names[field] ?? field;
}

/** A value of the frontmatter for people. */
export function valueWords(field: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return specWords().none;
  if (Array.isArray(value)) return value.length === 0 ? specWords().none : value.join(', ');
  const status = STATUSES.find((known) => known === value);
  if (field === 'status' && status) return statusName(status as Status);
  const priority = PRIORITIES.find((known) => known === value);
  if (field === 'priority' && priority) return priorityName(priority);
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
      return editWords()[change.checked ? 'ticked' : 'cleared'](taskWords(change.seen_line));
    case 'update_content':
      return editWords().newText;
    case 'create_spec':
      return editWords().newSpec(change.title || change.name);
    default:
      // A type of a newer version, made elsewhere.
      return editWords().aChange;
  }
}

/** The spec an edit is about: `#042 login`. */
export function whereWords(edit: Pick<Edit, 'spec'>): string {
  if (edit.spec === null) return '';
  const name = edit.spec.split('/').at(-1) ?? edit.spec;
  const match = /^(\d+)-(.+)$/.exec(name);
  return match ? `#${numberText(Number(match[1]))} ${match[2]}` : name;
}

/** The day on which a waiting command ends by itself. */
export function untilWords(edit: Edit): string {
  const until = Date.parse(edit.command?.expires_at ?? '');
  return Number.isNaN(until) ? '' : dayWords(until, until);
}

export function sinceWords(edit: Edit, now: number): string {
  const since = Date.parse(edit.command?.created_at ?? '');
  return agoShort(Number.isNaN(since) ? edit.startedAt : since, now);
}

/** How an edit that is under way stands, to the machine of this name. */
export function progressWords(edit: Edit, machine: { name: string; online: boolean }): string {
  const words = editWords();
  if (edit.command?.withdraw_requested) return words.askedBack(machine.name);
  if (edit.phase === 'applied') return words.applied(machine.name);
  if (edit.phase === 'unknown') return words.noAnswer(machine.name);
  if (edit.phase === 'taken' && !machine.online) {
    const until = untilWords(edit);
    return until ? words.waitsUntil(machine.name, until) : words.waits(machine.name);
  }
  return edit.phase === 'taken' ? words.waitingFor(machine.name) : words.sending;
}

function ruleWords({ rule, details = [] }: Outcome): string {
  const words = editWords();
  if (rule !== 'open_tasks') {
    const rules: Record<string, string> = words.rule;
    return rules[rule ?? ''] ?? words.rule.other;
  }
  return details.length === 0 ? words.tasksOpen : words.openTasks(details.length);
}

/** Why an edit was not done, in one short sentence without its full stop. */
export function troubleWords(edit: Edit, machine: string): string {
  const outcome = edit.command?.outcome ?? {};
  const words = editWords();
  switch (edit.phase) {
    case 'unsent':
      return words.notSent;
    case 'expired':
      if (outcome.outcome_unknown) return words.unknownEnd(machine);
      return words.expired(machine);
    case 'conflict':
      if (outcome.reason === 'gone') {
        return outcome.moved_to ? words.moved : words.gone;
      }
      if (outcome.reason === 'predecessor') return words.before;
      return words.changed(machine);
    case 'refused':
      return outcome.reason === 'rule' ? ruleWords(outcome) : words.refused(machine);
    default:
      return edit.command ? words.failed(machine) : words.notTaken;
  }
}

/** What else there is to say: why the machine did not do it, or why nothing was sent. */
export function troubleMore(edit: Edit): Saying {
  const outcome = edit.command?.outcome;
  if (edit.phase === 'unsent') return { text: editWords().safeToSend(edit.message), quote: '' };
  return outcome ? outcomeSaying(outcome) : { text: edit.message, quote: '' };
}

/** Whether doing it all the same is offered: LeanSpec's rules can be passed, but for one. */
export function mayForce(edit: Edit): boolean {
  const outcome = edit.command?.outcome;
  return edit.phase === 'refused' && outcome?.reason === 'rule' && outcome.rule !== 'known_value';
}

/** What doing it all the same is called. */
export function forceWords(edit: Edit): string {
  const to = edit.change.type === 'update_frontmatter' ? edit.change.fields['status'] : null;
  return to === 'complete' ? editWords().completeAnyway : editWords().doAnyway;
}
