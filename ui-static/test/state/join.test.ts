import { describe, expect, test } from 'vitest';

import { Joint } from '../../src/state/join';

describe('a snapshot and the feed', () => {
  test('events that the snapshot contains are ignored', () => {
    const joint = new Joint<string>();
    joint.fetching();
    expect(joint.landed(10)).toEqual([]);
    expect([9, 10, 11].map((seq) => joint.admit(seq, ''))).toEqual([false, false, true]);
  });

  test('events of a resource that nobody holds are none of our business', () => {
    expect(new Joint<string>().admit(11, 'x')).toBe(false);
  });

  test('what comes while a snapshot is on its way is applied after it, if it is newer', () => {
    const joint = new Joint<string>();
    joint.fetching();
    for (const seq of [9, 10, 11, 12]) expect(joint.admit(seq, `event ${seq}`)).toBe(false);
    expect(joint.landed(10)).toEqual(['event 11', 'event 12']);
    expect(joint.admit(13, 'x')).toBe(true);
  });

  test('a second snapshot replaces the first without losing what came between', () => {
    const joint = new Joint<string>();
    joint.fetching();
    joint.landed(10);
    joint.fetching();
    expect(joint.admit(11, 'event 11')).toBe(true);
    expect(joint.admit(12, 'event 12')).toBe(true);
    expect(joint.landed(11)).toEqual(['event 12']);
  });

  test('two snapshots on their way at once lose nothing, whichever lands last', () => {
    const joint = new Joint<string>();
    joint.fetching();
    joint.fetching();
    joint.admit(11, 'event 11');
    expect(joint.landed(11)).toEqual([]);
    joint.admit(12, 'event 12');
    expect(joint.landed(10)).toEqual(['event 11', 'event 12']);
    expect(joint.awaited).toBe(false);
  });

  test('a snapshot that fails leaves what was held as it was', () => {
    const joint = new Joint<string>();
    joint.fetching();
    joint.landed(10);
    joint.fetching();
    expect(joint.admit(11, 'x')).toBe(true);
    joint.failed();
    expect(joint.held).toBe(true);
    expect(joint.admit(12, 'x')).toBe(true);
    joint.fetching();
    expect(joint.landed(12)).toEqual([]);
  });
});
