import { expect, test } from 'vitest';

import { overlay } from '../../../src/view/commands/overlay.svelte';

test('the late word of an overlay that closed does not close what came in its place', () => {
  overlay.show('palette');
  overlay.show('keys');
  overlay.close('palette');
  expect(overlay.open).toBe('keys');
  overlay.close('keys');
  expect(overlay.open).toBeNull();
});
