import { expect, test } from 'vitest';

import { readAddress, readSignInLink } from '../../src/wire/sign-in';

const PAGE = 'https://ui.example.org';

test.each([
  ['https://relay.example.org', 'https://relay.example.org'],
  ['  relay.example.org  ', 'https://relay.example.org'],
  ['https://relay.example.org/some/path?x#y', 'https://relay.example.org'],
  ['relay.example.org:8443', 'https://relay.example.org:8443'],
  ['localhost:4600', 'http://localhost:4600'],
  ['127.0.0.1:4600/', 'http://127.0.0.1:4600'],
  ['http://[::1]:4600', 'http://[::1]:4600'],
  ['HTTPS://Relay.Example.org:443', 'https://relay.example.org'],
])('the address %s is %s', (written, origin) => {
  expect(readAddress(written, PAGE)).toEqual({ origin });
});

test.each([
  ['', 'Type the address'],
  ['https://', 'is not an address'],
  ['ftp://relay.example.org', 'reached by https'],
  ['javascript://relay.example.org', 'reached by https'],
  ['https://me:secret@relay.example.org', 'Leave name and password out'],
  ['http://192.168.1.5:4600', 'cannot talk to http://192.168.1.5:4600'],
])('the address %j is refused with what to do', (written, why) => {
  expect(readAddress(written, PAGE)).toEqual({ wrong: expect.stringContaining(why) as string });
});

test('a page opened by http may talk to a relay of its own network', () => {
  expect(readAddress('http://192.168.1.5:4600', 'http://192.168.1.5:4600')).toEqual({
    origin: 'http://192.168.1.5:4600',
  });
});

test('a pasted sign-in link is taken apart', () => {
  const link = 'https://ui.example.org/#/pair?relay=https%3A%2F%2Frelay.example.org&code=abc-123 ';
  expect(readSignInLink(link)).toEqual({ relay: 'https://relay.example.org', code: 'abc-123' });
  expect(readSignInLink('https://relay.example.org')).toBeNull();
});
