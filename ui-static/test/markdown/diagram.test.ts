import { describe, expect, test } from 'vitest';

import { diagramName, readMessage } from '../../src/markdown/diagram/messages';

describe('what the frame of a diagram says', () => {
  test.each([
    [{ diagram: true, ready: true }, { kind: 'ready' }],
    [
      { diagram: true, height: 120.2 },
      { kind: 'drawn', height: 121 },
    ],
    [
      { diagram: true, failed: 'line 3' },
      { kind: 'failed', reason: 'line 3' },
    ],
    [
      { diagram: true, link: '../001/README.md' },
      { kind: 'link', href: '../001/README.md' },
    ],
  ])('%j is understood', (data, message) => {
    expect(readMessage(data)).toEqual(message);
  });

  test.each([
    null,
    'ready',
    { ready: true },
    { diagram: 'true', ready: true },
    { diagram: true },
    { diagram: true, height: '9e9' },
    { diagram: true, height: Infinity },
    { diagram: true, link: { toString: 'javascript:' } },
    { diagram: true, link: 'x'.repeat(3000) },
  ])('%j is nothing', (data) => {
    expect(readMessage(data)).toBeNull();
  });

  test('a height that would take the whole page, or none of it, is clamped', () => {
    expect(readMessage({ diagram: true, height: 1e9 })).toEqual({ kind: 'drawn', height: 2400 });
    expect(readMessage({ diagram: true, height: -5 })).toEqual({ kind: 'drawn', height: 24 });
  });

  test('a reason is cut where it says no more', () => {
    const message = readMessage({ diagram: true, failed: 'x'.repeat(9999) });
    expect(message?.kind === 'failed' && message.reason.length).toBe(400);
  });
});

test.each([
  ['flowchart LR\n A --> B', 'flowchart'],
  ['%% a note\nsequenceDiagram\n A->>B: x', 'sequenceDiagram'],
  ['---\ntitle: T\n---\nstateDiagram-v2', 'stateDiagram-v2'],
  ['pie\n accTitle: Where time goes', 'Where time goes'],
  ['<script>', 'mermaid'],
])('a diagram has a name: %j', (source, name) => {
  expect(diagramName(source)).toBe(name);
});
