import { describe, expect, test } from 'vitest';

import { Drafts } from '../../../src/state/editing/drafts';

const draft = { text: 'typed', original: 'old', hash: 'h0', edit: null };

function storage(broken = false) {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (name: string) => kept.get(name) ?? null,
    setItem(name: string, text: string) {
      if (broken) throw new DOMException('no room', 'QuotaExceededError');
      kept.set(name, text);
    },
    removeItem: (name: string) => void kept.delete(name),
  };
}

describe('a draft', () => {
  test('is there after a reload, until it is dropped', () => {
    const store = storage();
    expect(new Drafts(store).write('m1/p1/a.md', draft)).toBe(true);
    expect(new Drafts(store).read('m1/p1/a.md')).toEqual(draft);
    expect(new Drafts(store).read('m1/p1/b.md')).toBeNull();
    new Drafts(store).drop('m1/p1/a.md');
    expect(new Drafts(store).read('m1/p1/a.md')).toBeNull();
  });

  test('that cannot be kept is said so', () => {
    expect(new Drafts(storage(true)).write('x', draft)).toBe(false);
    expect(new Drafts(null).write('x', draft)).toBe(false);
    expect(new Drafts(null).read('x')).toBeNull();
  });

  test.each(['nonsense', '{}', '[]', '{"text":1,"hash":"x"}'])('of %s is none', (text) => {
    const store = storage();
    store.kept.set('draft x', text);
    expect(new Drafts(store).read('x')).toBeNull();
  });
});
