// A short name of what the page was built from: the same sources give the same one, so that a copy on
// a CDN can be compared with the one in a relay.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The first 12 hexadecimal digits of SHA-256 over the files below these places, by name. */
export function fingerprint(root: string, places: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of places.flatMap((place) => filesBelow(root, place)).sort()) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0');
  }
  return hash.digest('hex').slice(0, 12);
}

function filesBelow(root: string, place: string): string[] {
  const entries = readdirSync(join(root, place), { withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = `${place}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(root, path) : [path];
  });
}
