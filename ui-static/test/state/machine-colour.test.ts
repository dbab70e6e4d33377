import { expect, test } from 'vitest';

import { machineHues } from '../../src/state/machine-colour';

const apart = (left: number, right: number) => {
  const difference = Math.abs(left - right);
  return Math.min(difference, 360 - difference);
};

test('the machines of an account have colours that stay apart', () => {
  const ids = ['macbook', 'desktop', 'ci', 'phone', 'server'];
  const hues = [...machineHues(ids).values()];
  for (const [index, hue] of hues.entries()) {
    for (const other of hues.slice(index + 1)) expect(apart(hue, other)).toBeGreaterThanOrEqual(60);
  }
});

test('the order in which machines are told changes no colour, nor does one that comes later', () => {
  const before = machineHues(['a1', 'b2']);
  const after = machineHues(['c3', 'b2', 'a1']);
  expect([after.get('a1'), after.get('b2')]).toEqual([before.get('a1'), before.get('b2')]);
});

test('there is a colour for every machine, also where there are more than hues', () => {
  const ids = Array.from({ length: 40 }, (_, index) => `machine-${index}`);
  expect(machineHues(ids).size).toBe(40);
  expect(new Set([...machineHues(ids.slice(0, 12)).values()]).size).toBe(12);
});
