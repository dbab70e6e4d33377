// The address bar as state, and scrolling that survives going back.

import { tick } from 'svelte';

import { formatRoute, type Page, parseRoute, type Route } from './route';

/** How many addresses' scroll positions are remembered. */
const POSITIONS_MAX = 50;

class Router {
  route: Route = $state.raw(parseRoute(location.hash));
  /** Counts the screens that were opened. */
  private opened = $state(0);
  /** The last one whose heading got the focus. */
  private focused = 0;
  /** Whether the screen was opened by going back, or forward again. */
  cameBack = false;
  private readonly positions = new Map<string, number>();

  /** Follows the address bar. */
  run(): void {
    history.scrollRestoration = 'manual';
    history.replaceState({ seen: true }, '');
    window.addEventListener('hashchange', () => void this.follow());
    window.addEventListener('scroll', () => this.remember(), { passive: true });
  }

  /** Whether the screen was just opened and its heading is to get the focus; true once. */
  takeFocus(): boolean {
    const fresh = this.opened !== this.focused;
    this.focused = this.opened;
    return fresh;
  }

  /** The address of a page at the relay that is open now. */
  href(page: Page): string {
    return formatRoute({ relay: this.route.relay, page });
  }

  /** Goes to a page without leaving a step to go back to, e.g. for a filter. */
  replace(page: Page): void {
    history.replaceState(history.state, '', this.href(page));
    this.route = parseRoute(location.hash);
  }

  go(route: Route): void {
    location.hash = formatRoute(route);
  }

  private async follow(): Promise<void> {
    const before = this.route.page;
    // An entry of the history that was seen before is one we came back to.
    const back = (history.state as { seen?: boolean } | null)?.seen === true;
    this.cameBack = back;
    this.route = parseRoute(location.hash);
    history.replaceState({ seen: true }, '');
    if (!isSameScreen(before, this.route.page)) this.opened += 1;
    await tick();
    if (back) window.scrollTo({ top: this.positions.get(location.hash) ?? 0 });
    else if (this.route.page.name !== 'spec' || this.route.page.heading === null) {
      window.scrollTo({ top: 0 });
    }
  }

  private remember(): void {
    this.positions.delete(location.hash);
    this.positions.set(location.hash, window.scrollY);
    const [oldest] = this.positions.keys();
    if (this.positions.size > POSITIONS_MAX && oldest !== undefined) this.positions.delete(oldest);
  }
}

function isSameScreen(left: Page, right: Page): boolean {
  if (left.name === 'spec' && right.name === 'spec') {
    return left.spec === right.spec && left.project === right.project;
  }
  if (left.name === 'project' && right.name === 'project') {
    return left.project === right.project && left.view === right.view;
  }
  return left.name === right.name && left.name !== 'machine';
}

export const router = new Router();
