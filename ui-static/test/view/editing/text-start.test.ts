import { expect, test } from 'vitest';

import type { Edit } from '../../../src/state/editing/edit';
import { isInSync } from '../../../src/view/editing/text-start';
import { command, edit } from '../../state/editing/samples';

const taken = edit('e1', { phase: 'taken', command: command('c1', 'queued') });
const done = edit('e1', {
  phase: 'confirmed',
  command: command('c1', 'applied', { outcome: { hash: 'h1' } }),
});
const refused = edit('e1', { phase: 'refused', command: command('c1', 'refused') });

test.each<[string, string[], string | null, Edit[], Edit[], boolean]>([
  ['the file is as it was', [], 'h0', [], [], true],
  ['the file was saved', [], 'h9', [], [], false],
  ['the file is gone', [], null, [], [], false],
  ['somebody else changes it', [], 'h0', [taken], [], false],
  ['the edit that was shown is under way', ['e1'], 'h0', [taken], [taken], true],
  ['the edit that was shown is done', ['e1'], 'h1', [], [done], true],
  ['the edit that was shown is done, and the file saved after it', ['e1'], 'h2', [], [done], false],
  ['the edit that was shown was refused', ['e1'], 'h0', [], [refused], false],
  ['the edit that was shown was dropped', ['e1'], 'h0', [], [], false],
])('an edited text, when %s', (_, standsOn, now, pending, all, wanted) => {
  const find = (key: string) => all.find((one) => one.key === key) ?? null;
  expect(isInSync({ original: '', hash: 'h0', standsOn }, now, pending, find)).toBe(wanted);
});
