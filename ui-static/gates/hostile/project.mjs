// The hostile project on a disk: each text a spec of its own, with names, pictures, a branch and a
// project that are attacks themselves.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { commit, git } from '../stand/disk.mjs';
import { HUGE } from './huge.mjs';

const TEXTS = new URL('texts/', import.meta.url);

const IMAGE = '<img src=x onerror=window.__pwned=1>';

const EVIL_SVG = `<svg xmlns="http://www.w3.org/2000/svg" onload="window.__pwned=1" width="9" height="9">
<script>parent.__pwned=1</script><image href="https://tripwire.example/in.svg"/><rect width="9" height="9"/></svg>`;

/** Names of files beside a spec's text. What the rules of paths refuse is listed as not sent. */
const FILES = [
  `${IMAGE}.md`,
  '__proto__.md',
  'constructor.md',
  'javascript:window.__pwned=1.md',
  '%2e%2e%2fREADME.md',
  '"onmouseover="window.__pwned=1.md',
  '\u202edm.eman.md',
  'a?b#c&d=e.md',
];

/** Names of specs' folders. */
const FOLDERS = ['__proto__', 'constructor', `900-${IMAGE}`, '901-a?b#c&d=%2f', '902-\u202ecba'];

export const MACHINE = `Mac"><img src=x onerror=window.__pwned=1>`;
export const PROJECT = `<img src=x onerror=window.__pwned=1>`;
const BRANCH = `x<img/src=x/onerror=window.__pwned=1>`;

/** Name → text, of every form. */
export function hostileTexts() {
  const kept = readdirSync(TEXTS).map((file) => [
    file.replace(/\.md$/, ''),
    readFileSync(new URL(file, TEXTS), 'utf8'),
  ]);
  return { ...Object.fromEntries(kept), ...HUGE };
}

/** Writes the project; gives its folder, and the folders of its specs by the forms' names. */
export function writeHostileProject(parent) {
  const dir = join(parent, PROJECT);
  const specs = new Map();
  for (const [index, [name, text]] of Object.entries(hostileTexts()).entries()) {
    const folder = `${String(index + 1).padStart(3, '0')}-${name}`;
    write(dir, folder, 'README.md', text);
    specs.set(name, folder);
  }
  write(dir, specs.get('images-svg-with-script'), 'evil.svg', EVIL_SVG);
  for (const file of FILES) write(dir, specs.get('html-script'), file, `# ${IMAGE}\n`);
  for (const folder of FOLDERS) {
    write(dir, folder, 'README.md', `---\nstatus: planned\n---\n\n# ${folder}\n\n## The end\n`);
  }
  git(dir, 'init', '--quiet', `--initial-branch=${BRANCH}`);
  commit(dir, IMAGE);
  return { dir, specs };
}

function write(dir, folder, file, text) {
  mkdirSync(join(dir, 'specs', folder), { recursive: true });
  writeFileSync(join(dir, 'specs', folder, file), text);
}
