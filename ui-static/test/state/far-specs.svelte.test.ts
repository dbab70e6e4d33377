import { expect, test } from 'vitest';

import { FAR_MAX, type FarPlace, FarSpecs } from '../../src/state/far-specs.svelte';
import type { Spec } from '../../src/wire/types';
import { spec } from './samples';

const places = (count: number): FarPlace[] =>
  Array.from({ length: count }, (_, at) => ({ machine: 'm1', project: `p${at}` }));

/** A relay that answers when it is told to. */
class Slow {
  readonly asked: { project: string; answer: (specs: Spec[]) => void; fail: () => void }[] = [];
  readonly fetch = ({ project }: FarPlace) =>
    new Promise<readonly Spec[]>((answer, fail) => {
      this.asked.push({ project, answer, fail: () => fail(new Error('no')) });
    });
  get projects() {
    return this.asked.map(({ project }) => project);
  }
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

test('projects are looked through two at a time, and what comes is kept in its order', async () => {
  const slow = new Slow();
  const far = new FarSpecs(slow.fetch);
  const done = far.look(places(3));
  expect([slow.projects, far.left]).toEqual([['p0', 'p1'], 3]);
  slow.asked[1]?.answer([spec('001-a')]);
  await settled();
  expect([slow.projects, far.left]).toEqual([['p0', 'p1', 'p2'], 2]);
  slow.asked[0]?.answer([spec('002-b')]);
  slow.asked[2]?.answer([]);
  await done;
  expect(far.books.map(({ project }) => project)).toEqual(['p1', 'p0', 'p2']);
  expect([far.left, far.failed, far.skipped]).toEqual([0, 0, 0]);
});

test('one that fails is counted, keeps nobody waiting, and is asked again by the next search', async () => {
  const slow = new Slow();
  const far = new FarSpecs(slow.fetch);
  const done = far.look(places(2));
  slow.asked[0]?.fail();
  slow.asked[1]?.answer([]);
  await done;
  expect([far.left, far.failed, far.books.length]).toEqual([0, 1, 1]);
  void far.look(places(2));
  expect([slow.projects.slice(2), far.failed]).toEqual([['p0'], 0]);
});

test('what was fetched lately serves the next search, and is forgotten with its project', async () => {
  const slow = new Slow();
  const far = new FarSpecs(slow.fetch);
  const done = far.look(places(1));
  slow.asked[0]?.answer([spec('001-a')]);
  await done;
  await far.look(places(1));
  expect(slow.asked).toHaveLength(1);
  void far.look(places(1), Date.now() + 3_600_000);
  expect(slow.asked).toHaveLength(2);
  await far.look([]);
  expect(far.books).toEqual([]);
});

test('there is a limit, which is said, and an end when nobody looks any more', async () => {
  const slow = new Slow();
  const far = new FarSpecs(slow.fetch);
  void far.look(places(FAR_MAX + 3));
  expect([far.left, far.skipped]).toEqual([FAR_MAX, 3]);
  far.stop();
  slow.asked.forEach(({ answer }) => answer([]));
  await settled();
  expect([slow.asked.length, far.left]).toEqual([2, 0]);
});
