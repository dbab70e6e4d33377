// Every machine has one colour everywhere, worked out of its id: always the same, on every device.

/** Hues of OKLCH in degrees: twelve that stay apart from one another. */
const HUES = [12, 40, 68, 96, 128, 158, 188, 218, 246, 276, 308, 338];

/** The hue of a machine, in degrees. FNV-1a, for it spreads ids that differ by one letter. */
export function machineHue(id: string): number {
  let hash = 0x811c9dc5;
  for (const character of id) {
    hash ^= character.codePointAt(0) ?? 0;
    hash = Math.imul(hash, 0x01000193) >>> 0;
  }
  return HUES[(hash ^ (hash >>> 16)) % HUES.length] ?? 0;
}
