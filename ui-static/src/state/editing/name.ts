// The name of a new spec's folder, from its title. Pure. The bridge has the last word.

/** Longest name that is made out of a title, in characters. */
const NAME_MAX_CHARS = 60;

/** `Sign in by link!` → `sign-in-by-link`. */
export function nameFrom(title: string): string {
  const words = title
    .normalize('NFKC')
    .toLowerCase()
    .replace(/['’]/g, '')
    .match(/[\p{L}\p{N}]+/gu);
  let name = '';
  for (const word of words ?? []) {
    const longer = name === '' ? word : `${name}-${word}`;
    if ([...longer].length > NAME_MAX_CHARS) break;
    name = longer;
  }
  return name || [...(words?.[0] ?? '')].slice(0, NAME_MAX_CHARS).join('');
}
