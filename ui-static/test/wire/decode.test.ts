import { expect, test } from 'vitest';

import { decodeCursor, decodeEvent, decodeMachines, decodeSpec } from '../../src/wire/decode';
import { machine } from './fake-relay';

test('a cursor is a number, a dot and a tag', () => {
  expect(decodeCursor('42.k3jx')).toEqual({ seq: 42, text: '42.k3jx' });
  for (const bad of [null, '', '42', '42.', '.x', '-1.x', '1.a b', `${'9'.repeat(16)}.x`]) {
    expect(decodeCursor(bad)).toBeNull();
  }
});

test('one machine that cannot be read does not hide the others', () => {
  const decoded = decodeMachines({
    machines: [machine('m1'), { name: 'x' }, null, 7, machine('m2')],
  });
  expect(decoded?.map(({ id }) => id)).toEqual(['m1', 'm2']);
  expect(decodeMachines({ machines: 'none' })).toBeNull();
  expect(decodeMachines(undefined)).toBeNull();
});

test('fields and words of a newer relay pass through', () => {
  const newer = machine('m1', { mood: 'sunny' });
  expect(decodeEvent('machine', newer)).toEqual({ kind: 'machine', machine: newer });
  expect(decodeEvent('haunted', {})).toBeNull();
});

test('a spec without its parts is none, and a file without a hash is left out', () => {
  const spec = { machine: 'm', project: 'p', path: '001-a', rev: 1, summary: {}, files: [] };
  expect(decodeSpec({ ...spec, summary: null })).toBeNull();
  expect(decodeSpec({ ...spec, files: 'x' })).toBeNull();
  const file = { path: '001-a/README.md', hash: 'h', size: 1, mtime: '' };
  expect(decodeSpec({ ...spec, files: [file, { path: 'x' }, null] })?.files).toEqual([file]);
});
