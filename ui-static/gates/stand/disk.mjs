// Folders on the disk: read whole, aged, put under git.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, utimesSync } from 'node:fs';
import { devNull } from 'node:os';
import { join, relative } from 'node:path';

const HOUR_MS = 3_600_000;

/** Every file below a folder: path with `/` → bytes. */
export function filesBelow(folder) {
  if (!existsSync(folder)) return new Map();
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile());
  const path = (entry) => join(entry.parentPath ?? entry.path, entry.name);
  const name = (entry) => relative(folder, path(entry)).replaceAll('\\', '/');
  return new Map(files.map((entry) => [name(entry), readFileSync(path(entry))]));
}

/** Gives files ages, so that a list shows minutes, hours, days and months. */
export function age(folder, now = Date.now()) {
  for (const [index, file] of [...filesBelow(folder).keys()].sort().entries()) {
    const hours = 0.2 * 2.1 ** ((index * 7) % 13);
    const time = new Date(now - hours * HOUR_MS);
    utimesSync(join(folder, file), time, time);
  }
}

/** Git without the user's configuration: no signing, hooks or templates of theirs. */
export function git(folder, ...args) {
  const own = ['-c', 'user.name=Gates', '-c', 'user.email=gates@example.org'];
  const env = {
    PATH: process.env.PATH,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_TERMINAL_PROMPT: '0',
  };
  execFileSync('git', [...own, ...args], { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
}

/** Commits all that a folder holds. */
export function commit(folder, message) {
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--allow-empty', '--message', message);
}
