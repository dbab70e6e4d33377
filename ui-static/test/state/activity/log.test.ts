import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { ActivityLog } from '../../../src/state/activity/log.svelte';
import { SeenSaves } from '../../../src/state/activity/seen.svelte';
import type { Listener, RelayState } from '../../../src/state/relay.svelte';
import type { FeedEvent, Spec } from '../../../src/wire/types';
import { fakeRelay } from '../../wire/fake-relay';
import { command } from '../editing/samples';
import { spec } from '../samples';

const CURSOR = { 'leanspec-cursor': '10.aa' };

/** A relay whose answers and events the test gives. */
function open(held: readonly Spec[] = []) {
  const { api, asked } = fakeRelay();
  const listeners = new Set<Listener>();
  const find = (path: string) => {
    const found = held.find((one) => one.path === path);
    return found ? { spec: found } : null;
  };
  const relay = {
    api,
    watch: (listener: Listener) => listeners.add(listener),
    held: () => ({ find }),
  } as unknown as RelayState;
  return {
    relay,
    asked,
    tell: (...events: FeedEvent[]) => listeners.forEach((listener) => listener(events)),
    async answer(at: number, numbers: number[], next?: number) {
      const entries = numbers.map((number) => ({
        number,
        at: `2026-11-22T10:${String(number).padStart(2, '0')}:00.000Z`,
        by: { key: 'k', name: 'Phone' },
        command: `c${number}`,
        kind: 'command',
        machine: 'm1',
        project: 'p1',
        outcome: {},
        state: 'applied',
        type: 'update_frontmatter',
      }));
      asked[at]?.answer(200, JSON.stringify({ entries, next }), CURSOR);
      await vi.advanceTimersByTimeAsync(0);
    },
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the log', () => {
  const keys = (log: ActivityLog) => log.list.map(({ key }) => key);
  const ended = (id: string, machine = 'm1'): FeedEvent => ({
    kind: 'command',
    command: command(id, 'applied', { machine, ended_at: '2026-11-22T11:00:00.000Z' }),
  });

  test('is read page by page, newest first', async () => {
    const stand = open();
    const log = new ActivityLog(stand.relay, { machine: null, project: null });
    void log.refresh();
    await stand.answer(0, [9, 8], 8);
    expect([keys(log), log.more]).toEqual([['c9', 'c8'], true]);
    void log.older();
    await stand.answer(1, [7]);
    expect([keys(log), log.more]).toEqual([['c9', 'c8', 'c7'], false]);
    expect(stand.asked[1]?.url.search).toContain('before=8');
  });

  test('takes over what the feed tells of its own machine', async () => {
    const stand = open();
    const log = new ActivityLog(stand.relay, { machine: 'm1', project: null });
    void log.refresh();
    await stand.answer(0, [9]);
    stand.tell(ended('live'), ended('elsewhere', 'm2'));
    stand.tell({ kind: 'command', command: command('under way', 'delivered') });
    expect(keys(log)).toEqual(['live', 'c9']);
  });

  test('after a gap begins anew, so that nothing is missing in the middle', async () => {
    const stand = open();
    const log = new ActivityLog(stand.relay, { machine: null, project: null });
    void log.refresh();
    await stand.answer(0, [3, 2], 2);
    void log.refresh();
    await stand.answer(1, [4, 3], 3);
    expect(keys(log)).toEqual(['c4', 'c3', 'c2']);
    void log.refresh();
    await stand.answer(2, [59, 58], 58);
    expect(keys(log)).toEqual(['c59', 'c58']);
    void log.older();
    expect(stand.asked[3]?.url.search).toContain('before=58');
  });

  test('says why a page could not be fetched, and keeps what it has', async () => {
    const stand = open();
    const log = new ActivityLog(stand.relay, { machine: null, project: null });
    void log.refresh();
    await stand.answer(0, [1]);
    void log.refresh();
    stand.asked[1]?.cut();
    await vi.advanceTimersByTimeAsync(0);
    expect(log.failure).not.toBe('');
    expect(keys(log)).toEqual(['c1']);
  });
});

describe('saves that were seen', () => {
  const saved = (one: Spec): FeedEvent => ({ kind: 'spec', spec: one });

  test('are told with what became of the status', () => {
    const stand = open([spec('001-a', { status: 'planned' })]);
    const seen = new SeenSaves(stand.relay);
    stand.tell(saved(spec('001-a', { status: 'complete' }, ['README.md'], 2)));
    expect(seen.list).toMatchObject([
      { specs: ['001-a'], status: { from: 'planned', to: 'complete' }, gone: false },
    ]);
  });

  test('are no saves where an edit made them, or no byte changed', () => {
    const stand = open([spec('001-a'), spec('002-b')]);
    const seen = new SeenSaves(stand.relay);
    const outcome = { hash: 'README.md@2' };
    stand.tell(
      saved(spec('001-a', {}, ['README.md'], 2)),
      { kind: 'command', command: command('c1', 'applied', { outcome }) },
      saved(spec('002-b')),
    );
    expect(seen.list).toEqual([]);
  });

  test('that take a spec away are told as such', () => {
    const stand = open();
    const seen = new SeenSaves(stand.relay);
    stand.tell({
      kind: 'spec_gone',
      gone: { machine: 'm1', project: 'p1', path: '001-a', rev: 2 },
    });
    expect(seen.list).toMatchObject([{ specs: ['001-a'], gone: true }]);
  });
});
