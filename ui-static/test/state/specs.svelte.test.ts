// @vitest-environment happy-dom
import { flushSync } from 'svelte';
import { expect, test } from 'vitest';

import { SpecBook } from '../../src/state/specs.svelte';
import { spec } from './samples';

const NOW = 1_000_000;

function landed(): SpecBook {
  const book = new SpecBook();
  book.land([spec('001-a'), spec('002-b')], 5, NOW);
  return book;
}

const save = (book: SpecBook, path: string, title: string) => {
  const saved = { ...spec(path), summary: { ...spec(path).summary, title } };
  book.take([{ seq: 6, event: { kind: 'spec', spec: saved } }], NOW);
};

test('a saved spec is seen by whoever reads all of them, and keeps its entry', () => {
  const book = landed();
  const before = book.find('001-a');
  save(book, '001-a', 'Another title');
  expect(book.specs.map(({ summary }) => summary.title)).toContain('Another title');
  expect(book.find('001-a')).toBe(before);
  expect(book.specs).toBe(book.specs);
});

test('a book goes on when the component in which it was opened is gone', () => {
  let book: SpecBook | undefined;
  const close = $effect.root(() => {
    book = landed();
    void book.specs;
  });
  close();
  save(book!, '002-b', 'Saved later');
  let seen: readonly string[] = [];
  const end = $effect.root(() => {
    $effect(() => {
      seen = book!.specs.map(({ summary }) => summary.title ?? '');
    });
  });
  flushSync();
  expect(seen).toContain('Saved later');
  end();
});
