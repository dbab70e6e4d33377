// Every machine has one colour everywhere, worked out of its id, so that it is the same on every
// device; machines of one account keep apart from one another.

/** Hues of OKLCH in degrees, at even steps around the circle. */
export const HUES = Array.from({ length: 12 }, (_, slot) => 8 + slot * 30);
/** Coprime with the number of hues: trying in this step meets every one of them. */
const STEP = 5;
/** How many steps apart two machines should be. */
const APART = 2;

/** A number out of an id. FNV-1a, for it spreads ids that differ by one letter. */
function hashed(id: string): number {
  let hash = 0x811c9dc5;
  for (const character of id) {
    hash ^= character.codePointAt(0) ?? 0;
    hash = Math.imul(hash, 0x01000193) >>> 0;
  }
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The hue of each machine, in degrees. A machine that comes later in order of ids changes none. */
export function machineHues(ids: readonly string[]): Map<string, number> {
  const taken: number[] = [];
  const hues = new Map<string, number>();
  for (const id of [...ids].sort()) {
    const own = hashed(id) % HUES.length;
    const tried = HUES.map((_, turn) => (own + turn * STEP) % HUES.length);
    const far = (least: number) =>
      tried.find((slot) => taken.every((other) => distance(slot, other) >= least));
    const slot = far(APART) ?? far(1) ?? own;
    taken.push(slot);
    hues.set(id, HUES[slot] ?? 0);
  }
  return hues;
}

function distance(left: number, right: number): number {
  const apart = Math.abs(left - right);
  return Math.min(apart, HUES.length - apart);
}
