import { existsSync, readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

const at = (path: string) => new URL(`../../public/${path}`, import.meta.url);
const manifest = JSON.parse(readFileSync(at('manifest.webmanifest'), 'utf8')) as {
  start_url: string;
  scope: string;
  id: string;
  icons: { src: string; sizes: string; purpose: string }[];
  shortcuts: { url: string }[];
};

test('the app can be installed from any folder: nothing in its manifest names a root or a host', () => {
  const addresses = [manifest.id, manifest.start_url, manifest.scope];
  addresses.push(...manifest.shortcuts.map(({ url }) => url));
  for (const address of addresses) expect(address).toMatch(/^\.\//);
});

test('its icons are there, in the sizes that are asked for, and one that a mask may cut', () => {
  for (const { src, sizes } of manifest.icons) {
    expect(existsSync(at(src)), src).toBe(true);
    if (!src.endsWith('.png')) continue;
    const bytes = readFileSync(at(src));
    expect(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`).toBe(sizes);
  }
  expect(manifest.icons.map(({ sizes }) => sizes)).toEqual(
    expect.arrayContaining(['192x192', '512x512']),
  );
  expect(manifest.icons.some(({ purpose }) => purpose === 'maskable')).toBe(true);
});
