import { expect, test } from 'vitest';

import { filesApart, placesElsewhere, renamedSpec, sameSpec } from '../../src/state/elsewhere';
import type { Machine, Project } from '../../src/wire/types';
import { project, spec } from './samples';

test('the same project is found on other machines by its key, whatever its id', () => {
  const machines = ['m1', 'm2', 'm3'].map((id) => ({ id, name: id }) as Machine);
  const projects: Record<string, Project[]> = {
    m1: [project('a', { key: 'k' })],
    m2: [project('b', { key: 'k' }), project('c', { key: 'other' })],
    m3: [],
  };
  const found = placesElsewhere({ machine: 'm1', key: 'k' }, machines, (id) => projects[id] ?? []);
  expect(found.map(({ machine, project }) => [machine.id, project.id])).toEqual([['m2', 'b']]);
});

test('the same spec is the one in the same place, else the one of the same name', () => {
  const moved = spec('archive/001-a');
  expect(sameSpec(spec('001-a'), [moved, spec('001-a')])?.path).toBe('001-a');
  expect(sameSpec(spec('001-a'), [moved])).toBe(moved);
  expect(sameSpec(spec('001-a'), [spec('001-b')])).toBeNull();
});

test('an old link means the only spec of its number', () => {
  const renamed = spec('001-sign-in', { number: 1 });
  expect(renamedSpec('001-login', [renamed, spec('002-x', { number: 2 })])).toBe(renamed);
  expect(renamedSpec('001-login', [renamed, spec('x/001-y', { number: 1 })])).toBeNull();
  expect(renamedSpec('login', [renamed])).toBeNull();
});

test('copies differ by the files that one lacks or that hold other bytes', () => {
  const left = spec('001-a', {}, ['README.md', 'PLAN.md'], 1);
  const right = spec('x/001-a', {}, ['README.md'], 2);
  expect(filesApart(left, right)).toEqual([
    { file: 'PLAN.md', left: 'PLAN.md@1', right: null },
    { file: 'README.md', left: 'README.md@1', right: 'README.md@2' },
  ]);
  expect(filesApart(left, { ...left, path: '001-a' })).toEqual([]);
});
