// The closed lists of words on the wire, out of the Rust types that define them: the generated types
// know such a word only as a text, since a newer relay may bring others.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const shared = new URL('../../../shared/src', import.meta.url).pathname;
const source = readdirSync(shared, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.rs'))
  .sort()
  .map((name) => readFileSync(join(shared, name), 'utf8'))
  .join('\n');

/** The words of a `words! { Name { … } }`. */
export function wordsOfType(name: string): string[] {
  const list = new RegExp(`words! \\{(?:\\s*///[^\\n]*)*\\s*${name} \\{([^}]*)\\}`).exec(
    source,
  )?.[1];
  return found(name, [...(list ?? '').matchAll(/^\s*\w+ = "([a-z0-9_]+)"/gm)]);
}

/** The codes of problem documents. */
export const problemCodes = found('Code', [
  ...source.matchAll(/^\s*\w+ = "([a-z0-9_]+)", \d{3}, retry:/gm),
]);

function found(name: string, matches: RegExpMatchArray[]): string[] {
  if (matches.length === 0) throw new Error(`the words of ${name} are not found in shared/src`);
  return matches.map(([, word]) => word ?? '');
}
