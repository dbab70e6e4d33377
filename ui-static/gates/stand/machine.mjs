// A machine of the stand: projects on its disk, and a real bridge over them.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { binaries } from './binaries.mjs';
import { filesBelow } from './disk.mjs';
import { Program } from './process.mjs';

export class Machine {
  /**
   * `projects` are folders with what remote users may do there:
   * `{ name: { dir, allow } }`; without `allow` what a bridge allows when nobody says more.
   */
  constructor({ name, home, projects, relay }) {
    Object.assign(this, { name, home, projects, relay });
    this.before = new Map();
  }

  async start() {
    this.key ??= await this.relay.key('bridge', this.name);
    mkdirSync(this.home, { recursive: true });
    const config = join(this.home, 'config.toml');
    writeFileSync(config, Object.values(this.projects).map(section).join('\n'));
    const args = ['run', '--config', config, '--state', join(this.home, 'state')];
    args.push('--name', this.name, '--relay', this.relay.origin);
    for (const { dir } of Object.values(this.projects)) args.push('--project', dir);
    const environment = { HOME: this.home, LEANSPEC_BRIDGE_KEY: this.key };
    this.bridge = new Program(`the bridge of ${this.name}`, binaries.bridge, args, environment);
    await this.bridge.says('ready:');
  }

  async stop() {
    await this.bridge?.stop();
  }

  path(project, file) {
    return join(this.projects[project].dir, 'specs', file);
  }

  read(project, file) {
    return readFileSync(this.path(project, file), 'utf8');
  }

  /** Saves a file of a project, as an editor on the machine would. */
  write(project, file, text) {
    const path = this.path(project, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  remove(project, file) {
    rmSync(this.path(project, file), { recursive: true, force: true });
  }

  /** Notes what is on the disk, for `restore`. */
  note() {
    this.before = this.files();
  }

  /** What stands in its projects now: project → path → bytes. */
  files() {
    const projects = Object.entries(this.projects);
    return new Map(projects.map(([name, { dir }]) => [name, filesBelow(join(dir, 'specs'))]));
  }

  /** Puts every file back as it was noted. */
  restore() {
    for (const [name, files] of this.before) {
      const now = filesBelow(join(this.projects[name].dir, 'specs'));
      for (const [file, bytes] of files) {
        if (!now.get(file)?.equals(bytes)) this.write(name, file, bytes);
      }
      for (const file of now.keys()) if (!files.has(file)) this.remove(name, file);
    }
  }
}

function section({ dir, allow }) {
  // A path and a list of words as JSON are a string and a list of TOML too.
  const allowed = allow ? `allow = ${JSON.stringify(allow)}\n` : '';
  return `[[project]]\ndir = ${JSON.stringify(dir)}\n${allowed}`;
}
