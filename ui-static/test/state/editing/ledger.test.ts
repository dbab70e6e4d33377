// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { applied, open, status } from './ledger-stand';
import { command, FILE } from './samples';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('an edit', () => {
  test('is posted at once, standing on the file as it was shown', () => {
    const { ledger, asked, sent } = open();
    ledger.make(status('complete'));
    expect(asked[0]?.url.pathname).toBe('/v1/machines/m1/projects/p1/commands');
    expect(sent(0).body).toMatchObject({ base: { hash: 'h0' }, force: false, spec: '001-a' });
    expect(sent(0).key).toMatch(/^[0-9a-f]{32}$/);
  });

  test('is done when the machine says so and the page shows it', async () => {
    const { ledger, answer, hear, show, phases, load } = open();
    await load();
    ledger.make(status('complete'));
    await answer(1, command('c1', 'queued'));
    hear(command('c1', 'delivered'));
    hear(applied('c1', 'h1'));
    expect(phases()).toEqual(['applied']);
    show('h1');
    expect(phases()).toEqual([]);
    expect(ledger.done.map(({ phase }) => phase)).toEqual(['confirmed']);
  });

  test('is done at once when the page showed it before the machine said so', async () => {
    const { ledger, answer, hear, show, phases, load } = open();
    await load();
    ledger.make(status('complete'));
    await answer(1, command('c1', 'delivered'));
    show('h1');
    expect(phases()).toEqual(['taken']);
    hear(applied('c1', 'h1'));
    expect(phases()).toEqual([]);
  });

  test('whose end is heard before its acceptance is done, and listed once', async () => {
    const { ledger, answer, hear, show, load } = open();
    await load();
    ledger.make(status('complete'));
    hear(command('c1', 'queued'));
    hear(applied('c1', 'h1'));
    show('h1');
    await answer(1, command('c1', 'queued'));
    expect(ledger.list).toEqual([]);
    expect(ledger.done).toHaveLength(1);
  });

  test('of a text is done when the text is on the screen, not when it is heard of', async () => {
    const { ledger, answer, hear, show, page, phases, load } = open();
    await load();
    const change = {
      type: 'toggle_task' as const,
      spec: '001-a',
      line: 1,
      seen_line: '- [ ] a',
      checked: true,
    };
    page.text = 'h0';
    ledger.make(status('complete', { change }));
    await answer(1, command('c1', 'queued'));
    hear(applied('c1', 'h1'));
    show('h1');
    expect(phases()).toEqual(['applied']);
    page.text = 'h1';
    ledger.look();
    expect(phases()).toEqual([]);
  });

  test('that did not reach the relay is sent again with the same key and body', async () => {
    const { ledger, cut, sent, phases, asked, answer } = open();
    ledger.make(status('complete'));
    await cut(0);
    expect(phases()).toEqual(['unsent']);
    const [unsent] = ledger.list;
    if (unsent) ledger.resend(unsent);
    expect(phases()).toEqual(['sending']);
    expect(asked).toHaveLength(2);
    expect(sent(1)).toEqual(sent(0));
    await answer(1, command('c1', 'queued'));
    expect(phases()).toEqual(['taken']);
  });

  test.each([
    ['a problem that may pass', 503, 'busy', true, 'unsent'],
    ['a refusal', 422, 'idempotency_mismatch', false, 'failed'],
    ['a key that may only read', 403, 'scope_insufficient', false, 'failed'],
  ])('that is answered by %s', async (_, code, word, retry, phase) => {
    const { ledger, problem, phases } = open();
    ledger.make(status('complete'));
    await problem(0, code, word, retry);
    expect(phases()).toEqual([phase]);
    expect(ledger.list[0]?.message).toBe(`${word}.`);
  });

  test('takes the place of one of the same field that was not done', async () => {
    const { ledger, answer, phases } = open();
    ledger.make(status('complete'));
    await answer(0, command('c1', 'refused'));
    ledger.make(status('planned'));
    expect(phases()).toEqual(['sending']);
  });

  test('is asked after when the machine is silent, and settled by the answer', async () => {
    const { ledger, answer, phases, asked } = open();
    ledger.make(status('complete'));
    await answer(0, command('c1', 'delivered'));
    await vi.advanceTimersByTimeAsync(16_000);
    expect(phases()).toEqual(['unknown']);
    await vi.advanceTimersByTimeAsync(15_000);
    const at = asked.findIndex(({ url }) => url.pathname === '/v1/commands/c1');
    expect(at).toBeGreaterThan(0);
    await answer(at, applied('c1', 'h0'), 200);
    expect(phases()).toEqual([]);
  });

  test('for a machine that is away is not unknown, however long it waits', async () => {
    const { ledger, answer, phases, page } = open();
    page.online = false;
    ledger.make(status('complete'));
    await answer(0, command('c1', 'queued'));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(phases()).toEqual(['taken']);
  });
});

describe('quick edits of one file', () => {
  test('wait for the id of the one before, and stand on it', async () => {
    const { ledger, answer, asked, sent } = open();
    ledger.make(status('in-progress'));
    ledger.make(status('complete'));
    expect(asked).toHaveLength(1);
    await answer(0, command('c1', 'queued'));
    expect(sent(1).body['base']).toEqual({ after: 'c1' });
  });

  test('do not overtake one that was not sent, and are sent with it', async () => {
    const { ledger, cut, phases, asked, answer, sent } = open();
    ledger.make(status('in-progress'));
    ledger.make(status('complete'));
    await cut(0);
    expect(phases()).toEqual(['unsent', 'unsent']);
    const [first] = ledger.list;
    if (first) ledger.resend(first);
    expect(asked).toHaveLength(2);
    await answer(1, command('c1', 'queued'));
    expect(sent(2).body['base']).toEqual({ after: 'c1' });
  });

  test('are shown to be done one after the other', async () => {
    const { ledger, answer, hear, show, phases, load } = open();
    await load();
    ledger.make(status('in-progress'));
    await answer(1, command('c1', 'queued'));
    ledger.make(status('complete'));
    await answer(2, command('c2', 'queued'));
    hear(applied('c1', 'h1'));
    hear(applied('c2', 'h2'));
    show('h1');
    expect(phases()).toEqual(['applied']);
    ledger.look();
    expect(phases()).toEqual(['applied']);
    show('h2');
    expect(phases()).toEqual([]);
  });
});

describe('taking back', () => {
  test('an applied edit is a new command on what it left', async () => {
    const { ledger, answer, sent } = open();
    ledger.make(status('complete'));
    await answer(0, applied('c1', 'h0'));
    const [done] = ledger.done;
    expect(done && ledger.mayUndo(done)).toBe(true);
    if (done) ledger.undo(done);
    expect(sent(1).body).toMatchObject({ base: { hash: 'h0' }, fields: { status: 'planned' } });
    expect(sent(1).key).not.toBe(sent(0).key);
    expect(ledger.done).toEqual([]);
    await answer(1, applied('c2', 'h0'));
    const [undone] = ledger.done;
    expect(undone && ledger.mayUndo(undone)).toBe(false);
  });

  test('a waiting edit asks the relay, and shows what it answers', async () => {
    const { ledger, answer, asked, phases } = open();
    ledger.make(status('complete'));
    await answer(0, command('c1', 'delivered'));
    const [waiting] = ledger.list;
    const asking = waiting && ledger.withdraw(waiting);
    expect(asked[1]?.init.method).toBe('DELETE');
    await answer(1, command('c1', 'delivered', { withdraw_requested: true }));
    await asking;
    expect(ledger.list[0]?.command?.withdraw_requested).toBe(true);
    expect(phases()).toEqual(['taken']);
  });

  test('that fails is said, and changes nothing', async () => {
    const { ledger, answer, problem, phases } = open();
    ledger.make(status('complete'));
    await answer(0, command('c1', 'queued'));
    const [waiting] = ledger.list;
    const asking = waiting && ledger.withdraw(waiting);
    await problem(1, 409, 'ended');
    await asking;
    expect(ledger.complaint).toBe('ended.');
    expect(phases()).toEqual(['taken']);
  });
});

describe('after a conflict or a refusal', () => {
  test('the change is applied to the newer version as another command, that is mine', async () => {
    const { ledger, answer, asked, load } = open();
    await load();
    ledger.make(status('complete'));
    await answer(1, command('c1', 'conflict', { outcome: { rebasable: true } }));
    const [conflict] = ledger.list;
    const rebasing = conflict && ledger.rebase(conflict);
    expect(asked[2]?.url.pathname).toBe('/v1/commands/c1/rebase');
    await answer(2, command('c2', 'queued'));
    await rebasing;
    expect(ledger.list.map(({ command: one, mine }) => [one?.id, mine])).toEqual([['c2', true]]);
  });

  test('nothing waits for a decision that was taken on another device', async () => {
    const { ledger, answer, hear, load } = open();
    await load();
    ledger.make(status('complete'));
    await answer(1, command('c1', 'conflict'));
    hear(command('c1', 'conflict', { rebased_as: 'c2' }));
    expect(ledger.list).toEqual([]);
  });

  test('the same change goes out by force, on the file as it is shown now', async () => {
    const { ledger, answer, sent, page } = open();
    ledger.make(status('complete'));
    await answer(0, command('c1', 'refused', { outcome: { reason: 'rule', rule: 'open_tasks' } }));
    page.hash = 'h5';
    const [refused] = ledger.list;
    if (refused) ledger.again(refused, true);
    expect(sent(1).body).toMatchObject({ force: true, base: { hash: 'h5' } });
    expect(sent(1).key).not.toBe(sent(0).key);
    expect(ledger.list).toHaveLength(1);
  });
});

describe('commands made elsewhere', () => {
  test('are listed while they are open, and go without a word', async () => {
    const { ledger, hear, show, phases, load } = open();
    await load([command('c1', 'queued')]);
    expect(ledger.list.map(({ mine, file }) => [mine, file])).toEqual([[false, FILE]]);
    hear(command('c2', 'delivered', { type: 'toggle_task', file: 'DESIGN.md' }));
    expect(ledger.list[1]?.file).toBe('001-a/DESIGN.md');
    hear(applied('c1', 'h1'));
    show('h1');
    hear(command('c2', 'withdrawn'));
    expect(phases()).toEqual([]);
    expect(ledger.done).toEqual([]);
  });

  test('that ended before they were heard of are not listed', async () => {
    const { ledger, hear, load } = open();
    await load();
    hear(command('c1', 'conflict'));
    expect(ledger.list).toEqual([]);
  });

  test('that ended while nobody listened are asked after', async () => {
    const { ledger, load, asked, answer } = open();
    await load([command('c1', 'queued')]);
    await load([]);
    expect(asked[2]?.url.pathname).toBe('/v1/commands/c1');
    await answer(2, applied('c1', 'h0'), 200);
    expect(ledger.list).toEqual([]);
  });

  test('carry edits of this page that come after them', async () => {
    const { ledger, load, sent } = open();
    await load([command('c1', 'queued')]);
    ledger.make(status('complete'));
    expect(sent(1).body['base']).toEqual({ after: 'c1' });
  });
});

test('a new spec is done as soon as it is shown', async () => {
  const { ledger, answer, hear, page, load } = open();
  await load();
  const change = { type: 'create_spec' as const, name: 'b' };
  ledger.make({ machine: 'm1', project: 'p1', change, seenHash: null });
  await answer(1, command('c1', 'queued', { type: 'create_spec', name: 'b' }));
  page.hash = 'h1';
  const outcome = { hash: 'h1', file: '002-b/README.md', spec: '002-b' };
  hear(command('c1', 'applied', { type: 'create_spec', outcome }));
  expect(ledger.done.map(({ spec }) => spec)).toEqual(['002-b']);
});

describe('a reload', () => {
  test('keeps what waits for a decision, and asks the relay for it anew', async () => {
    const before = open();
    before.ledger.make(status('complete'));
    await before.answer(0, command('c1', 'conflict'));
    const after = open(before.stored);
    expect(after.phases()).toEqual(['conflict']);
    await after.load([]);
    expect(after.asked[1]?.url.pathname).toBe('/v1/commands/c1');
  });

  test('in the middle of sending keeps the edit with its key', async () => {
    const before = open();
    before.ledger.make(status('complete'));
    const after = open(before.stored);
    expect(after.phases()).toEqual(['unsent']);
    const [unsent] = after.ledger.list;
    if (unsent) after.ledger.resend(unsent);
    expect(after.sent(0)).toEqual(before.sent(0));
  });
});

test('a relay of before commands keeps nothing else from loading', async () => {
  const { ledger, problem } = open();
  const loading = ledger.load();
  await problem(0, 404, 'not_found');
  await expect(loading).resolves.toBeUndefined();
});

describe('what ended badly elsewhere', () => {
  test('is listed, can be waved away, and stays away', async () => {
    const stand = open();
    const loading = stand.ledger.loadOlder();
    const conflict = command('c7', 'conflict', { ended_at: new Date().toISOString() });
    await stand.answer(0, { commands: [conflict] }, 200);
    await loading;
    expect(stand.ledger.needing.map(({ key }) => key)).toEqual(['c7']);
    const [older] = stand.ledger.older;
    stand.ledger.drop(older!);
    expect(stand.ledger.needing).toEqual([]);
    const again = stand.ledger.loadOlder();
    await stand.answer(1, { commands: [conflict] }, 200);
    await again;
    expect(stand.ledger.older).toEqual([]);
  });

  test('goes when another device settles it', async () => {
    const stand = open();
    const loading = stand.ledger.loadOlder();
    const conflict = command('c8', 'conflict', { ended_at: new Date().toISOString() });
    await stand.answer(0, { commands: [conflict] }, 200);
    await loading;
    const opened = stand.ledger.load();
    await stand.answer(1, { commands: [] }, 200);
    await opened;
    stand.hear({ ...conflict, rebased_as: 'c9' });
    expect(stand.ledger.needing).toEqual([]);
  });
});
