import { describe, expect, test } from 'vitest';

import {
  formatRoute,
  type Page,
  parseRoute,
  projectPage,
  relayOrigin,
  relayWord,
  specPage,
} from '../../src/view/route';

const project = projectPage('mac', 'p1');
const spec = specPage('mac', 'p1', '042-login');

const table: [string, Page][] = [
  ['#/', { name: 'machines' }],
  ['#/settings', { name: 'settings', part: 'general' }],
  ['#/settings/devices', { name: 'settings', part: 'devices' }],
  ['#/inbox', { name: 'inbox' }],
  ['#/activity', { name: 'activity' }],
  ['#/activity?machine=mac', { name: 'activity', of: 'mac' }],
  ['#/m/mac', { name: 'machine', machine: 'mac' }],
  ['#/m/mac/p/p1', project],
  [
    '#/m/mac/p/p1?status=in-progress&q=log+in',
    projectPage('mac', 'p1', { list: { query: 'log in', status: 'in-progress' } }),
  ],
  [
    '#/m/mac/p/p1?v=board&prio=high&tag=ui&who=ada&parent=001-core&stale=30&group=status&sort=-updated',
    projectPage('mac', 'p1', {
      view: 'board',
      list: {
        priority: 'high',
        tag: 'ui',
        assignee: 'ada',
        parent: '001-core',
        stale: 30,
        group: 'status',
        sort: 'updated',
        reversed: true,
      },
    }),
  ],
  [
    '#/m/mac/p/p1?v=graph&focus=042-login',
    projectPage('mac', 'p1', { view: 'graph', focus: '042-login' }),
  ],
  ['#/m/mac/p/p1/s/042-login', spec],
  [
    '#/m/mac/p/p1/s/042-login/vs/desk?file=DESIGN.md',
    {
      name: 'compare',
      machine: 'mac',
      project: 'p1',
      spec: '042-login',
      other: 'desk',
      file: 'DESIGN.md',
    },
  ],
  ['#/m/mac/p/p1/s/042-login/vs/DESIGN.md', { ...spec, file: 'vs/DESIGN.md' }],
  ['#/m/mac/p/p1/s/old%2F042-login', { ...spec, spec: 'old/042-login' }],
  ['#/m/mac/p/p1/s/042-login/DESIGN.md', { ...spec, file: 'DESIGN.md' }],
  [
    '#/m/mac/p/p1/s/042-login/a/b%20c.md?raw=1&h=plan',
    { ...spec, file: 'a/b c.md', raw: true, heading: 'plan' },
  ],
  ['#/m/mac/p/p1/s/042-login?raw=0', { ...spec, raw: false }],
];

describe('an address', () => {
  test.each(table)('%s is read and written', (hash, page) => {
    expect(parseRoute(hash)).toEqual({ relay: null, page });
    expect(formatRoute({ relay: null, page })).toBe(hash);
  });

  test('names its relay where there are several', () => {
    const route = parseRoute('#/o/relay.example.org/m/mac');
    expect(route).toEqual({
      relay: 'relay.example.org',
      page: { name: 'machine', machine: 'mac' },
    });
    expect(formatRoute(route)).toBe('#/o/relay.example.org/m/mac');
  });

  test('of a sign-in carries relay and code', () => {
    expect(parseRoute('#/pair?relay=https%3A%2F%2Frelay.example.org&code=abc').page).toEqual({
      name: 'pair',
      relay: 'https://relay.example.org',
      code: 'abc',
    });
    expect(parseRoute('#/pair').page).toEqual({ name: 'pair', relay: null, code: null });
  });

  test.each(['', '#', '#/'])('%j is home', (hash) => {
    expect(parseRoute(hash).page).toEqual({ name: 'machines' });
  });

  test.each(['#/nowhere', '#/m/mac/q', '#/m/mac/p/p1/t/x', '#/m/mac/p/p1/s'])(
    '%s is unknown',
    (hash) => {
      expect(['unknown', 'project']).toContain(parseRoute(hash).page.name);
    },
  );

  test('with broken escapes is no error', () => {
    expect(parseRoute('#/m/%E0%A4%A').page).toEqual({ name: 'machine', machine: '%E0%A4%A' });
  });
});

test.each([
  ['https://relay.example.org', 'relay.example.org'],
  ['https://relay.example.org:8443', 'relay.example.org:8443'],
  ['http://localhost:4600', 'http:localhost:4600'],
])('the relay %s is the word %s', (origin, word) => {
  expect(relayWord(origin)).toBe(word);
  expect(relayOrigin(word)).toBe(origin);
});
