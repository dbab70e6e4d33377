import { describe, expect, test } from 'vitest';

import {
  changeOf,
  type Edit,
  type Happening,
  isPending,
  isTroubled,
  next,
  type Phase,
} from '../../../src/state/editing/edit';
import { command, edit } from './samples';

const heard = (state: Parameters<typeof command>[1], now = 0): Happening => ({
  kind: 'heard',
  command: command('c1', state),
  shown: 'h0',
  now,
});
const tick = (now: number, answerable = true): Happening => ({ kind: 'tick', now, answerable });
const unsent: Happening = { kind: 'unsent', message: 'no network' };
const through = (happenings: Happening[], from: Edit = edit('e1')) => happenings.reduce(next, from);

const LIVES: [string, Happening[], Phase][] = [
  ['was just made', [], 'sending'],
  ['the relay took', [heard('queued')], 'taken'],
  ['the machine was handed', [heard('queued'), heard('delivered')], 'taken'],
  ['the machine did', [heard('delivered'), heard('applied')], 'applied'],
  ['was done and is shown', [heard('applied'), { kind: 'shown' }], 'confirmed'],
  [
    'is shown before anybody said that it was done',
    [heard('delivered'), { kind: 'shown' }],
    'taken',
  ],
  ['met a newer file', [heard('delivered'), heard('conflict')], 'conflict'],
  ['a rule forbids', [heard('refused')], 'refused'],
  ['the machine could not do', [heard('failed')], 'failed'],
  ['waited too long', [heard('queued'), heard('expired')], 'expired'],
  ['was taken back', [heard('queued'), heard('withdrawn')], 'withdrawn'],
  ['did not reach the relay', [unsent], 'unsent'],
  ['did not reach the relay at first', [unsent, { kind: 'retried', now: 9 }], 'sending'],
  ['the relay did not take', [{ kind: 'denied', message: 'no' }], 'failed'],
  ['ended before its own acceptance was heard', [heard('applied'), heard('queued')], 'applied'],
  ['is told of once more after its end', [heard('conflict'), heard('delivered')], 'conflict'],
  ['is refused by the way after it was taken', [heard('queued'), unsent], 'taken'],
  ['the machine is silent about for 14 s', [heard('delivered'), tick(14_000)], 'taken'],
  ['the machine is silent about for 15 s', [heard('delivered'), tick(15_000)], 'unknown'],
  [
    'is asked after without news',
    [heard('delivered'), tick(15_000), heard('delivered')],
    'unknown',
  ],
  ['is answered late', [heard('delivered'), tick(15_000), heard('applied')], 'applied'],
  [
    'waits for a machine that is away',
    [heard('queued'), tick(9, false), tick(99_000, false)],
    'taken',
  ],
  [
    'waits for a machine that came back a moment ago',
    [heard('queued'), tick(9, false), tick(99_000), tick(110_000)],
    'taken',
  ],
  [
    'was handed to a machine that came back and says nothing',
    [heard('queued'), tick(9, false), tick(99_000), tick(114_000)],
    'unknown',
  ],
  [
    'is unknown when the machine goes away',
    [heard('delivered'), tick(15_000), tick(16_000, false)],
    'taken',
  ],
  ['was done a moment ago', [heard('applied', 0), tick(4000)], 'applied'],
  ['was done and is never shown', [heard('applied', 0), tick(5000)], 'confirmed'],
  ['was sent for 20 s', [tick(20_000)], 'sending'],
];

describe('an edit that', () => {
  test.each(LIVES)('%s', (_, happenings, phase) => {
    expect(through(happenings).phase).toBe(phase);
  });

  test('reached the relay in a state of a newer version is not said to be done', () => {
    const after = next(edit('e1'), heard('postponed' as 'queued'));
    expect(after.phase).toBe('failed');
  });

  test('was sent keeps its body, whatever it would stand on now', () => {
    const first = next(edit('e1'), { kind: 'posted', base: { hash: 'h0' } });
    expect(first.body).toEqual({ ...first.change, base: { hash: 'h0' }, force: false });
    const again = through([unsent, { kind: 'retried', now: 1 }], first);
    expect(next(again, { kind: 'posted', base: { hash: 'h9' } }).body).toBe(first.body);
  });

  test('nothing happens to stays the same object', () => {
    const taken = through([heard('queued')]);
    expect(next(taken, tick(10))).toBe(taken);
    expect(next(taken, { kind: 'shown' })).toBe(taken);
  });

  test('has an outcome keeps the texts that only an answer brings', () => {
    const answer = command('c1', 'conflict', { outcome: { diff: '-a\n+b', rebasable: true } });
    const told = command('c1', 'conflict', { outcome: { rebasable: true }, rebased_as: 'c2' });
    const events = [answer, told].map((one): Happening => ({
      kind: 'heard',
      command: one,
      shown: null,
      now: 0,
    }));
    const after = through(events);
    expect(after.command?.outcome?.diff).toBe('-a\n+b');
    expect(after.command?.rebased_as).toBe('c2');
  });
});

test.each<[Phase, boolean, boolean]>([
  ['sending', true, false],
  ['taken', true, false],
  ['unknown', true, false],
  ['applied', true, false],
  ['confirmed', false, false],
  ['withdrawn', false, false],
  ['unsent', false, true],
  ['conflict', false, true],
  ['refused', false, true],
  ['failed', false, true],
  ['expired', false, true],
])('%s: the wanted value is shown: %s, somebody must decide: %s', (phase, pending, troubled) => {
  expect([isPending(edit('e1', { phase })), isTroubled(edit('e1', { phase }))]).toEqual([
    pending,
    troubled,
  ]);
});

test('a command made elsewhere is read without the members that are the relay’s', () => {
  expect(changeOf(command('c1', 'queued'))).toEqual({
    type: 'update_frontmatter',
    spec: '001-a',
    fields: { status: 'complete' },
  });
});
