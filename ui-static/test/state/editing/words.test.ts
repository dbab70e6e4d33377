import { expect, test } from 'vitest';

import type { Edit } from '../../../src/state/editing/edit';
import {
  forceWords,
  mayForce,
  progressWords,
  troubleMore,
  troubleWords,
  whatWords,
  whereWords,
} from '../../../src/state/editing/words';
import type { Edit as Change, Outcome } from '../../../src/wire/types';
import { command, edit } from './samples';

const sets = (fields: Record<string, unknown>): Change => ({
  type: 'update_frontmatter',
  spec: '001-a',
  fields,
});
const tick: Change = {
  type: 'toggle_task',
  spec: '001-a',
  line: 1,
  seen_line: '  - [ ] **Write** it',
  checked: true,
};

test.each<[Change, string]>([
  [sets({ status: 'in-progress' }), 'Status: In progress'],
  [sets({ priority: null, tags: ['a', 'b'] }), 'Priority: none, Tags: a, b'],
  [sets({ tags: [] }), 'Tags: none'],
  [sets({ custom: { a: 1 } }), 'custom: {"a":1}'],
  [tick, 'Ticked “Write it”'],
  [{ ...tick, checked: false }, 'Cleared “Write it”'],
  [{ type: 'update_content', spec: '001-a', content: '' }, 'New text'],
  [{ type: 'create_spec', name: 'login' }, 'New spec “login”'],
  [{ type: 'fly' } as unknown as Change, 'A change'],
])('%j is %j', (change, words) => {
  expect(whatWords(edit('e', { change }))).toBe(words);
});

test.each([
  ['042-login', '#042 login'],
  ['group/7-a-b', '#007 a-b'],
  ['notes', 'notes'],
])('the spec %s is %s', (spec, words) => {
  expect(whereWords(edit('e', { spec }))).toBe(words);
});

const mac = { name: 'MacBook', online: true };
test.each<[Partial<Edit>, boolean, string]>([
  [{}, true, 'Sending'],
  [{ phase: 'taken', command: command('c', 'delivered') }, true, 'Waiting for MacBook'],
  [{ phase: 'taken', command: command('c', 'queued') }, false, 'Waits for MacBook, until 29 Nov'],
  [{ phase: 'unknown', command: command('c', 'delivered') }, true, 'MacBook has not answered'],
  [{ phase: 'applied' }, true, 'Applied on MacBook'],
  [
    { phase: 'taken', command: command('c', 'delivered', { withdraw_requested: true }) },
    true,
    'Asked MacBook to take it back',
  ],
])('%#: on its way', (more, online, words) => {
  expect(progressWords(edit('e', more), { ...mac, online })).toBe(words);
});

const ended = (phase: Edit['phase'], outcome: Outcome = {}) =>
  edit('e', { phase, command: command('c', 'refused', { outcome }) });
test.each<[Edit, string]>([
  [edit('e', { phase: 'unsent' }), 'Not sent'],
  [edit('e', { phase: 'failed' }), 'The relay did not take it'],
  [ended('failed', { reason: 'busy' }), 'MacBook could not do it'],
  [ended('conflict', { reason: 'changed' }), 'Changed on MacBook since you looked'],
  [ended('conflict', { reason: 'gone' }), 'The file is gone'],
  [ended('conflict', { reason: 'gone', moved_to: '002-b' }), 'The spec was moved'],
  [ended('conflict', { reason: 'predecessor' }), 'The change before it was not done'],
  [ended('refused', { reason: 'not_allowed' }), 'MacBook refused it'],
  [
    ended('refused', { reason: 'rule', rule: 'open_tasks', details: ['a', 'b', 'c'] }),
    '3 tasks are still open',
  ],
  [
    ended('refused', { reason: 'rule', rule: 'open_tasks', details: ['a'] }),
    '1 task is still open',
  ],
  [ended('refused', { reason: 'rule', rule: 'draft_first' }), 'A draft becomes planned first'],
  [ended('refused', { reason: 'rule', rule: 'newer' }), 'A rule of LeanSpec forbids it'],
  [ended('expired', { reason: 'late' }), 'MacBook did not come in time'],
  [ended('expired', { outcome_unknown: true }), 'Whether MacBook did it is not known'],
])('%#: not done, because', (one, words) => {
  expect(troubleWords(one, 'MacBook')).toBe(words);
});

test('a rule can be passed, but not the one that a value must be known', () => {
  const rule = (name: string) => ended('refused', { reason: 'rule', rule: name });
  expect(mayForce(rule('open_tasks'))).toBe(true);
  expect(mayForce(rule('known_value'))).toBe(false);
  expect(mayForce(ended('refused', { reason: 'not_allowed' }))).toBe(false);
  expect(forceWords(rule('open_tasks'))).toBe('Complete anyway');
  expect(forceWords(edit('e', { change: sets({ status: 'in-progress' }) }))).toBe('Do it anyway');
});

test('what a machine says is told, and that an unsent edit is not lost', () => {
  const refused = ended('refused', { reason: 'not_allowed', message: 'No.' });
  expect(troubleMore(refused)).toEqual({ text: 'No.', quote: '' });
  expect(troubleMore(ended('refused', { message: 'No.' }))).toEqual({ text: '', quote: 'No.' });
  expect(troubleMore(edit('e', { phase: 'unsent', message: 'No network.' })).text).toBe(
    'No network. Nothing is lost: sending again is safe.',
  );
});
