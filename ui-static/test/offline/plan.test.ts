import { expect, test } from 'vitest';

import { planFor, shellOf } from '../../src/offline/plan';

const SCOPE = 'https://cdn.example.org/specs/';

test.each([
  ['', 'page'],
  ['?utm=x', 'page'],
  ['index.html', 'page'],
  ['assets/index-CEqiMFo2.js', 'shell'],
  ['favicon.svg', 'shell'],
  ['manifest.webmanifest', 'shell'],
  ['icons/192.png', 'shell'],
  ['diagram/0123456789ab/frame.html', 'leave'],
  ['sw.js', 'leave'],
  ['v1/machines', 'leave'],
  ['v1/feed?after=1.aa', 'leave'],
  ['v1/assets/', 'leave'],
  ['healthz', 'leave'],
])('of the files beside the page, "%s" is to be: %s', (name, plan) => {
  expect(planFor({ method: 'GET', url: SCOPE + name }, SCOPE)).toBe(plan);
});

test.each([
  ['another method', 'POST', `${SCOPE}assets/a.js`],
  ['another host', 'GET', 'https://relay.example.org/assets/a.js'],
  ['another folder', 'GET', 'https://cdn.example.org/assets/a.js'],
  ['a relay that has the page at its root', 'GET', 'https://cdn.example.org/v1/machines'],
])('%s is left alone', (_, method, url) => {
  expect(planFor({ method, url }, SCOPE)).toBe('leave');
});

test('a version is the page and its parts, without what its frames ask for themselves', () => {
  const files = [
    'index.html',
    'diagram/0123456789ab/frame.html',
    'assets/b.js',
    '_headers',
    'assets/a.css',
    'favicon.svg',
  ];
  expect(shellOf(files)).toEqual(['./', 'assets/a.css', 'assets/b.js', 'favicon.svg']);
});
