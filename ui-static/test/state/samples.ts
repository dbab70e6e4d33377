// Things for tests, with just what a test does not care about filled in.

import type { Spec, Summary } from '../../src/wire/types';

/** A spec with these files, 'README.md' unless told otherwise; its hashes are its revision. */
export function spec(path: string, summary: Summary = {}, files = ['README.md'], rev = 1): Spec {
  return {
    machine: 'm1',
    project: 'p1',
    path,
    rev,
    summary: { name: path, title: path, status: 'planned', ...summary },
    files: files.map((name) => ({
      path: `${path}/${name}`,
      hash: `${name}@${rev}`,
      size: 1,
      mtime: '2026-11-20T10:00:00.000Z',
    })),
  };
}

export function project(id: string, more: object = {}) {
  return {
    machine: 'm1',
    id,
    key: id,
    root_label: id,
    name: id,
    specs_dir: 'specs',
    rev: 1,
    state_hash: '',
    state: 'live',
    allow: [],
    sealed: false,
    skipped: [],
    specs: 0,
    files: 0,
    ...more,
  };
}
