import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { contentSecurityPolicy } from '../scripts/csp';

test('the headers for CDNs carry the policy of the page', () => {
  const headers = readFileSync(new URL('../public/_headers', import.meta.url), 'utf8');
  expect(headers).toContain(
    `Content-Security-Policy: ${contentSecurityPolicy}; frame-ancestors 'none'\n`,
  );
});

test('the policy allows no script, style or object from outside and enforces Trusted Types', () => {
  expect(contentSecurityPolicy).toContain("default-src 'none'");
  expect(contentSecurityPolicy).toContain("require-trusted-types-for 'script'");
  expect(contentSecurityPolicy).not.toContain('unsafe');
});
