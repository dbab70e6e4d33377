// What somebody last chose in the command palette: kept in this browser, the newest first.

const PLACE = 'leanspec.recent';
/** How many choices are remembered. */
const KEPT_MAX = 8;

export function recent(): string[] {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(PLACE) ?? '[]');
    return Array.isArray(read) ? read.filter((id) => typeof id === 'string') : [];
  } catch {
    return [];
  }
}

export function remember(id: string): void {
  try {
    const others = recent().filter((other) => other !== id);
    localStorage.setItem(PLACE, JSON.stringify([id, ...others].slice(0, KEPT_MAX)));
  } catch {
    // A private window, or storage switched off: nothing is recent there.
  }
}
