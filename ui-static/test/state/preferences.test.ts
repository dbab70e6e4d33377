import { expect, test } from 'vitest';

import { readPreferences } from '../../src/state/preferences.svelte';

test.each([
  null,
  '',
  'no json',
  '[]',
  'null',
  '{"theme":"pink","letterKeys":"no","hues":{"a":999}}',
])('preferences stored as %j are those of the start', (text) => {
  expect(readPreferences(text)).toEqual({
    theme: 'system',
    language: 'system',
    letterKeys: true,
    plainList: false,
    hues: {},
  });
});

test('preferences are read as they were stored', () => {
  const stored = {
    theme: 'dark',
    language: 'zh-CN',
    letterKeys: false,
    plainList: true,
    hues: { mac: 40 },
  };
  expect(readPreferences(JSON.stringify(stored))).toEqual(stored);
});
