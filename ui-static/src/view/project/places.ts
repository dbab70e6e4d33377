// Which row somebody was at, for every address: going back finds it again.

/** How many addresses are remembered. */
const KEPT_MAX = 50;
const kept = new Map<string, string>();

export function keptCursor(): string | null {
  return kept.get(location.hash) ?? null;
}

export function keepCursor(id: string | null): void {
  if (id === null) return;
  kept.delete(location.hash);
  kept.set(location.hash, id);
  const [oldest] = kept.keys();
  if (kept.size > KEPT_MAX && oldest !== undefined) kept.delete(oldest);
}
