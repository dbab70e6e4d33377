import { expect, test } from 'vitest';

import { daysBetween, timelineOf } from '../../src/state/timeline';

const transitions = [
  { status: 'in-progress', at: '2026-11-03T09:00:00Z' },
  { status: 'complete', at: '2026-11-05T10:30:00Z' },
];

test('a life is created, takes its statuses and ends', () => {
  const life = timelineOf({ created: '2026-11-01', transitions, completed_at: transitions[1]!.at });
  expect(life.map(({ kind, status }) => status ?? kind)).toEqual([
    'created',
    'in-progress',
    'complete',
  ]);
  expect(life[0]?.dayOnly).toBe(true);
  expect(daysBetween(life[1], life[2]!)).toBe(2);
  expect(daysBetween(undefined, life[0]!)).toBeNull();
});

test('without transitions the day of completion stands for itself', () => {
  const life = timelineOf({ created: '2026-11-01', completed_at: '2026-11-09' });
  expect(life.map(({ kind }) => kind)).toEqual(['created', 'completed']);
});

test('transitions in any order are told in the order of time', () => {
  const life = timelineOf({ transitions: [...transitions].reverse() });
  expect(life.map(({ status }) => status)).toEqual(['in-progress', 'complete']);
});

test('what is no moment keeps its place and its words', () => {
  const life = timelineOf({ created: 'last summer', transitions });
  expect(life.map(({ at, ms }) => [at, ms === null])[0]).toEqual(['last summer', true]);
  const odd = [transitions[0]!, { status: 'planned', at: 'later' }, transitions[1]!];
  expect(timelineOf({ transitions: odd }).map(({ at }) => at)).toEqual(odd.map(({ at }) => at));
});
