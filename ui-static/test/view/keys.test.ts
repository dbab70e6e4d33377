// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest';

import { pressed, shownKeys } from '../../src/view/keys.svelte';

type Held = Partial<Pick<KeyboardEvent, 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>>;
const key = (name: string, held: Held = {}) => new KeyboardEvent('keydown', { key: name, ...held });

describe('a key', () => {
  test.each<[string, Held, boolean, string]>([
    ['j', {}, false, 'j'],
    ['?', { shiftKey: true }, false, '?'],
    ['k', { ctrlKey: true }, false, 'Mod+k'],
    ['k', { metaKey: true }, true, 'Mod+k'],
    ['k', { metaKey: true }, false, 'Meta+k'],
    ['Z', { ctrlKey: true, shiftKey: true }, false, 'Mod+Shift+z'],
    ['ArrowLeft', { altKey: true }, false, 'Alt+ArrowLeft'],
    [' ', {}, false, 'Space'],
    ['Enter', { shiftKey: true }, false, 'Shift+Enter'],
  ])('%s with %j is written %s', (name, held, mac, written) => {
    expect(pressed(key(name, held), mac)).toBe(written);
  });

  test('is shown as it stands on the keyboard', () => {
    expect(shownKeys('Mod+k', true)).toEqual(['⌘', 'K']);
    expect(shownKeys('Mod+k', false)).toEqual(['Ctrl', 'K']);
    expect(shownKeys('Y', false)).toEqual(['Shift', 'Y']);
    expect(shownKeys('g l')).toEqual(['G', 'L']);
    expect(shownKeys('Alt+ArrowLeft', false)).toEqual(['Alt', '←']);
  });
});
