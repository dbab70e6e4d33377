// The two windows in which everything is looked at. Both themes are looked at in each.

export const VIEWS = [
  { name: 'desk', viewport: { width: 1280, height: 860 } },
  {
    name: 'phone',
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
    deviceScaleFactor: 2,
  },
];

export const THEMES = ['light', 'dark'];

/** A window of this kind. Motion is reduced, so that what is seen has come to rest. */
export function openContext(browser, { name: _, ...options }) {
  return browser.newContext({ ...options, reducedMotion: 'reduce', locale: 'en-GB' });
}
