import { expect, test } from 'vitest';

import { onArrival, type Reader } from '../../src/state/reading';

const idle: Reader = { scrolled: false, touching: false, editing: false, holding: false };
const strange = { same: false, own: false };

test('at the top and untouched, a newer text comes in place', () => {
  expect(onArrival(idle, strange)).toBe('show');
});

test.each(['scrolled', 'touching', 'editing', 'holding'] as const)(
  'to a reader who is %s, it is announced',
  (what) => {
    expect(onArrival({ ...idle, [what]: true }, strange)).toBe('announce');
  },
);

test('what reads the same, or was changed from this page, is never announced', () => {
  const busy: Reader = { scrolled: true, touching: true, editing: true, holding: true };
  expect(onArrival(busy, { same: true, own: false })).toBe('show');
  expect(onArrival(busy, { same: false, own: true })).toBe('show');
});
