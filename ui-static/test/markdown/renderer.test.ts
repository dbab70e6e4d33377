import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import type { WorkerLike } from '../../src/markdown/renderer';
import { PARSE_TIMEOUT_MS, Renderer } from '../../src/markdown/renderer';

vi.mock('../../src/markdown/worker?worker&url', () => ({ default: 'worker.js' }));

function fakeWorkers() {
  const started: (WorkerLike & { asked: { id: number; text: string }[]; ended: boolean })[] = [];
  const start = (): WorkerLike => {
    const worker = {
      onmessage: null as WorkerLike['onmessage'],
      onerror: null as WorkerLike['onerror'],
      asked: [] as { id: number; text: string }[],
      ended: false,
      postMessage(message: unknown) {
        this.asked.push(message as { id: number; text: string });
      },
      terminate() {
        this.ended = true;
      },
    };
    started.push(worker);
    return worker;
  };
  const say = (index: number, data: unknown) => {
    const worker = started[index];
    worker?.onmessage?.({ data } as Parameters<NonNullable<WorkerLike['onmessage']>>[0]);
  };
  return { started, start, say };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const settle = () => vi.advanceTimersByTimeAsync(0);

test('a document is answered with its blocks', async () => {
  const { started, start, say } = fakeWorkers();
  const answer = new Renderer(start).render('# A');
  say(0, { ready: true });
  await settle();
  expect(started[0]?.asked).toEqual([{ id: 1, text: '# A' }]);
  say(0, { id: 1, blocks: ['x'] });
  expect(await answer).toEqual(['x']);
});

test('a document that takes too long ends the worker, and the next gets a new one', async () => {
  const { started, start, say } = fakeWorkers();
  const renderer = new Renderer(start);
  const slow = renderer.render('slow');
  say(0, { ready: true });
  await vi.advanceTimersByTimeAsync(PARSE_TIMEOUT_MS);
  expect(await slow).toBeNull();
  expect(started[0]?.ended).toBe(true);
  const next = renderer.render('quick');
  say(1, { ready: true });
  await settle();
  say(1, { id: 2, blocks: [] });
  expect(await next).toEqual([]);
});

test('the time to fetch the worker is not counted', async () => {
  const { start, say } = fakeWorkers();
  const answer = new Renderer(start).render('x');
  await vi.advanceTimersByTimeAsync(60_000);
  say(0, { ready: true });
  await settle();
  say(0, { id: 1, blocks: [] });
  expect(await answer).toEqual([]);
});

test('a worker that cannot be started gives plain text', async () => {
  const { started, start } = fakeWorkers();
  const answer = new Renderer(start).render('x');
  started[0]?.onerror?.({} as ErrorEvent);
  expect(await answer).toBeNull();
});
