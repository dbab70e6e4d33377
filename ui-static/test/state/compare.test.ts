import { describe, expect, test } from 'vitest';

import { fieldRows } from '../../src/state/compare/fields';
import { below, pairUp } from '../../src/state/compare/pairs';
import { rowsBetween, wordMarks } from '../../src/state/editing/text-diff';

describe('fields of two copies', () => {
  test('those that differ come first, absent ones on neither side are left out', () => {
    const rows = fieldRows(
      { status: 'planned', tags: ['a', 'b'], assignee: 'ada', title: 'T' },
      { status: 'complete', tags: ['a', 'b'], title: 'T' },
    );
    expect(rows).toEqual([
      { name: 'status', left: 'planned', right: 'complete', same: false },
      { name: 'assignee', left: 'ada', right: null, same: false },
      { name: 'title', left: 'T', right: 'T', same: true },
      { name: 'tags', left: 'a, b', right: 'a, b', same: true },
    ]);
  });

  test('what else the files say is compared by name, transitions as words', () => {
    const rows = fieldRows(
      { fields: { owner: { name: 'x' }, breaking: false }, transitions: [] },
      { fields: { owner: { name: 'y' } }, transitions: [{ status: 'planned', at: '2026-11-01' }] },
    );
    expect(rows).toEqual([
      { name: 'transitions', left: null, right: 'planned 2026-11-01', same: false },
      { name: 'breaking', left: 'false', right: null, same: false },
      { name: 'owner', left: '{"name":"x"}', right: '{"name":"y"}', same: false },
    ]);
  });
});

function sides(old: string, now: string) {
  return pairUp(rowsBetween(old, now) ?? [], wordMarks).flatMap((row) => {
    if (row.kind !== 'apart') return [];
    const shown = [row.left, row.right].map(
      (line) =>
        line && line.pieces.map(({ text, marked }) => (marked ? `[${text}]` : text)).join(''),
    );
    return [shown];
  });
}

describe('texts side by side', () => {
  test('a line that changed stands beside its new form, the words marked', () => {
    expect(sides('a\nread on the train\nb\n', 'a\nread in the train\nb\n')).toEqual([
      ['read [on] the train', 'read [in] the train'],
    ]);
  });

  test('lines with little in common are shown whole', () => {
    expect(sides('one two three\n', 'entirely other words here\n')).toEqual([
      ['one two three', 'entirely other words here'],
    ]);
  });

  test('where one side has more lines, the other has none beside them', () => {
    expect(sides('a\n', 'a\nb\nc\n')).toEqual([
      [null, 'b'],
      [null, 'c'],
    ]);
  });

  test('line numbers are those of each file', () => {
    const rows = pairUp(rowsBetween('x\na\n', 'a\nb\n') ?? [], wordMarks);
    const same = rows.find(({ kind }) => kind === 'same');
    expect(same).toMatchObject({ left: { number: 2 }, right: { number: 1 } });
  });

  test('a frontmatter that is compared as fields is left out, and lines keep their numbers', () => {
    const body = Array.from({ length: 12 }, (_, n) => `line ${n}`).join('\n');
    const old = `---\nstatus: planned\n---\n${body}\nend\n`;
    const now = `---\nstatus: complete\ntags: [a]\n---\n${body}\nthe end\n`;
    const rows = below(pairUp(rowsBetween(old, now) ?? [], wordMarks), { left: 3, right: 4 });
    const texts = rows.flatMap((row) => (row.kind === 'gap' ? [] : [row.right?.pieces[0]?.text]));
    expect(texts.join()).not.toContain('status');
    expect(rows.at(-1)).toMatchObject({ left: { number: 16 }, right: { number: 17 } });
    const onlyFields = rowsBetween('---\na: 1\n---\n', '---\na: 2\n---\n') ?? [];
    expect(below(pairUp(onlyFields, wordMarks), { left: 3, right: 3 })).toEqual([]);
  });
});
