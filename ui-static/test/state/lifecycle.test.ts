// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { followPage, HIDDEN_KEPT_MS } from '../../src/state/lifecycle';

let hidden = false;
function turn(to: boolean) {
  hidden = to;
  document.dispatchEvent(new Event('visibilitychange'));
}

beforeEach(() => {
  vi.useFakeTimers();
  hidden = false;
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
});
afterEach(() => void vi.useRealTimers());

function followed() {
  const feed = { start: vi.fn(), stop: vi.fn(), nudge: vi.fn() };
  return { feed, end: followPage(feed) };
}

test('a page that is hidden for a moment keeps its feed, and looks at it when seen again', () => {
  const { feed, end } = followed();
  turn(true);
  vi.advanceTimersByTime(HIDDEN_KEPT_MS - 1);
  turn(false);
  vi.advanceTimersByTime(HIDDEN_KEPT_MS);
  expect(feed.stop).not.toHaveBeenCalled();
  expect(feed.nudge).toHaveBeenCalledOnce();
  end();
});

test('a page that is hidden for five minutes closes its feed, and opens it when seen again', () => {
  const { feed, end } = followed();
  turn(true);
  vi.advanceTimersByTime(HIDDEN_KEPT_MS);
  expect(feed.stop).toHaveBeenCalledOnce();
  window.dispatchEvent(new Event('online'));
  expect(feed.start).toHaveBeenCalledOnce();
  turn(false);
  expect(feed.start).toHaveBeenCalledTimes(2);
  end();
});

test.each([
  ['is frozen', () => document.dispatchEvent(new Event('freeze')), 'resume'],
  ['is put aside', () => window.dispatchEvent(new Event('pagehide')), 'visibilitychange'],
])('a page that %s gives the feed up at once, and comes back for it', (_, leave, back) => {
  const { feed, end } = followed();
  leave();
  expect(feed.stop).toHaveBeenCalledOnce();
  document.dispatchEvent(new Event(back));
  expect(feed.start).toHaveBeenCalledTimes(2);
  end();
});

test('a page that was opened in the background closes its feed too', () => {
  hidden = true;
  const { feed, end } = followed();
  vi.advanceTimersByTime(HIDDEN_KEPT_MS);
  expect(feed.stop).toHaveBeenCalledOnce();
  end();
});

test('a network that returns ends the wait, and an end is an end', () => {
  const { feed, end } = followed();
  window.dispatchEvent(new Event('online'));
  window.dispatchEvent(new Event('pageshow'));
  expect(feed.nudge).toHaveBeenCalledTimes(2);
  end();
  window.dispatchEvent(new Event('online'));
  expect(feed.nudge).toHaveBeenCalledTimes(2);
  expect(feed.stop).toHaveBeenCalledOnce();
});
