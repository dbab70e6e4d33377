import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { contentSecurityPolicy, frameHeaderPolicy } from '../scripts/csp';
import { frameDocument } from '../scripts/drawing-frame';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
/** Directives without regard to their order, which means nothing. */
const directives = (policy: string) => policy.split(/;\s*/).sort();
const page = `${contentSecurityPolicy}; frame-ancestors 'none'`;

test('the headers for CDNs carry the policies of the page and of its frames', () => {
  const headers = read('../public/_headers');
  for (const place of ['/', '/index.html', '/sw.js', '/assets/*']) {
    expect(headers).toContain(`\n${place}\n  Content-Security-Policy: ${page}\n`);
  }
  // Only the browser's own cache keeps it: no service worker sees a frame without origin.
  const kept = '  Cache-Control: public, max-age=31536000, immutable\n';
  expect(headers).toContain(
    `\n/diagram/*\n  Content-Security-Policy: ${frameHeaderPolicy}\n${kept}`,
  );
  // Where two rules meet, both hold: a policy for everything would forbid the frames.
  expect(headers).not.toMatch(/^\/\*\n(  .*\n)*  Content-Security-Policy/m);
});

test('the relay sends the same policies', () => {
  const source = read('../../relay/src/ui.rs');
  const policy = (name: string) => {
    const text = new RegExp(`const ${name}: &str = "([^"]*)"`).exec(source)?.[1] ?? '';
    return directives(text.replace(/\\\n\s*/g, ''));
  };
  expect(policy('POLICY')).toEqual(directives(page));
  expect(policy('FRAME_POLICY')).toEqual(directives(frameHeaderPolicy));
});

test('the frame carries its policy itself, which names its scripts by what stands in them', () => {
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(frameDocument)?.[1];
  const scripts = [...frameDocument.matchAll(/<script>([\s\S]*?)<\/script>/g)];
  const hashes = scripts.map(
    ([, code = '']) => `'sha256-${createHash('sha256').update(code).digest('base64')}'`,
  );
  expect(hashes).toHaveLength(2);
  expect(policy).toContain(`default-src 'none'; script-src ${hashes.join(' ')};`);
  expect(policy).not.toMatch(/connect-src|https:|unsafe-eval|script-src[^;]*(self|unsafe)/);
  // Nothing in them begins or ends a script.
  expect(frameDocument.match(/<\/?script|<!--/gi)).toHaveLength(4);
});

test('the policy allows no script, style or object from outside and enforces Trusted Types', () => {
  expect(contentSecurityPolicy).toContain("default-src 'none'");
  expect(contentSecurityPolicy).toContain("require-trusted-types-for 'script'");
  expect(contentSecurityPolicy).not.toContain('unsafe');
});
