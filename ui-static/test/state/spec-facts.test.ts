import { describe, expect, test } from 'vitest';

import { placeOf, resolvePath, specNamed } from '../../src/state/links';
import { byNumber } from '../../src/state/sorted';
import {
  countStatuses,
  fileLabel,
  mainFile,
  matchesQuery,
  numberText,
  statusOf,
  statusWords,
  subFiles,
  writtenAt,
} from '../../src/state/spec-facts';
import { spec } from './samples';

describe('a list of specs', () => {
  const login = spec('042-login', {
    number: 42,
    title: 'Log in with a passkey',
    tags: ['auth', 'web'],
  });

  test.each([
    ['', true],
    ['passkey', true],
    ['PASS log', true],
    ['042', true],
    ['#auth', true],
    ['auth search', false],
  ])('filtered by %j shows the spec: %s', (query, shown) => {
    expect(matchesQuery(login, query)).toBe(shown);
  });

  test('puts the newest number first and specs without one last', () => {
    const paths = ['notes', '002-b', '10-c', '002-a'].map((path) => ({
      path,
      number: /^\d+/.test(path) ? parseInt(path) : null,
    }));
    expect(paths.sort(byNumber).map(({ path }) => path)).toEqual([
      '10-c',
      '002-a',
      '002-b',
      'notes',
    ]);
  });

  test('counts statuses, with words of others under "other"', () => {
    const specs = ['planned', 'planned', 'blocked', undefined].map((status, index) =>
      spec(`00${index}-x`, { status: status ?? null }),
    );
    expect([...countStatuses(specs)]).toEqual([
      ['planned', 2],
      ['other', 2],
    ]);
  });
});

test('a status that LeanSpec does not know is shown as it stands in the file', () => {
  expect(statusOf({ status: 'blocked' })).toBe('other');
  expect(statusWords({ status: 'blocked' })).toBe('blocked');
  expect(statusWords({ status: 'in-progress' })).toBe('In progress');
  expect(statusWords({})).toBe('No status');
});

test('a number has three digits at least', () => {
  expect([7, 42, 1234, null, undefined].map(numberText)).toEqual(['007', '042', '1234', '', '']);
});

test('the age of a spec is what its file says, else when it was saved', () => {
  const created = spec('001-a', { created: '2026-11-01', updated_at: '2026-11-02T10:00:00Z' });
  expect(writtenAt(created)).toBe(Date.parse('2026-11-02T10:00:00Z'));
  expect(writtenAt(spec('001-a', { created: 'soon' }))).toBe(Date.parse('2026-11-20T10:00:00Z'));
});

describe('the files of a spec', () => {
  const many = spec('042-login', {}, [
    'README.md',
    'DESIGN.md',
    'api_NOTES-old.md',
    'a/b.md',
    'x.png',
  ]);

  test('are its main file and the Markdown beside it', () => {
    expect(mainFile(many)?.path).toBe('042-login/README.md');
    expect(subFiles(many).map(({ path }) => path)).toEqual([
      '042-login/api_NOTES-old.md',
      '042-login/DESIGN.md',
    ]);
  });

  test('may be one flat file', () => {
    const flat = {
      ...spec('010-x.md', {}, []),
      files: [{ path: '010-x.md', hash: 'h', size: 1, mtime: '' }],
    };
    expect(mainFile(flat)?.path).toBe('010-x.md');
    expect(subFiles(flat)).toEqual([]);
  });

  test.each([
    ['042-x/DESIGN.md', 'Design'],
    ['042-x/API-design.md', 'API Design'],
    ['042-x/api_NOTES.md', 'Api Notes'],
    ['042-x/UI.md', 'UI'],
  ])('%s is labelled %s', (path, label) => {
    expect(fileLabel(path)).toBe(label);
  });
});

describe('a link of a document', () => {
  const from = '042-login/README.md';
  test.each([
    ['DESIGN.md', '042-login/DESIGN.md', null],
    ['./DESIGN.md#keys', '042-login/DESIGN.md', 'keys'],
    ['../007-search/README.md', '007-search/README.md', null],
    ['../007-search/', '007-search', null],
    ['/007-search', '007-search', null],
    ['#plan', from, 'plan'],
    ['a%20b.md?x=1', '042-login/a b.md', null],
  ])('to %s leads to %s', (href, path, heading) => {
    expect(resolvePath(from, href)).toEqual({ path, heading });
  });

  test.each([
    '../../secret',
    '../../../etc/passwd',
    'javascript:alert(1)',
    '//evil.example/x',
    '..',
    'data:x',
  ])('to %s leads nowhere', (href) => {
    expect(resolvePath(from, href)).toBeNull();
  });

  test('finds the spec it belongs to', () => {
    const specs = [spec('042-login', {}, ['README.md', 'DESIGN.md']), spec('old/007-search')];
    expect(placeOf('042-login', specs)).toEqual({ spec: '042-login', file: null });
    expect(placeOf('042-login/DESIGN.md', specs)).toEqual({ spec: '042-login', file: 'DESIGN.md' });
    expect(placeOf('042-login/GONE.md', specs)).toBeNull();
    expect(specNamed('042-login', specs)?.path).toBe('042-login');
    expect(specNamed('20251101/007-search', specs)?.path).toBe('old/007-search');
    expect(specNamed('nobody', specs)).toBeNull();
  });
});
