import { expect, test } from 'vitest';

import { readPreferences } from '../../src/state/preferences.svelte';
import { exportSettings, importSettings } from '../../src/state/transfer';

test('settings that are taken along come back, and no key with them', () => {
  const preferences = { ...readPreferences(null), theme: 'dark' as const };
  const text = exportSettings(preferences, ['https://relay.example.org']);
  expect(text).not.toContain('key"');
  expect(importSettings(text)).toEqual({ preferences, relays: ['https://relay.example.org'] });
});

test.each(['', 'hello', '[]', '{"kind":"other"}'])('a file with %j is none of ours', (text) => {
  expect(importSettings(text)).toBeNull();
});

test('addresses that are no origins of relays are left out of a loaded file', () => {
  const relays = ['javascript:alert(1)', 'https://a.example/path', 7, 'http://127.0.0.1:4600'];
  const text = JSON.stringify({ kind: 'leanspec-settings', relays });
  expect(importSettings(text)?.relays).toEqual(['http://127.0.0.1:4600']);
});
