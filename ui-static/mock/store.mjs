// The state of the mock relay: machines, projects, specs and files in memory, and its feed's history.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

import { summarise } from './summary.mjs';

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

export class Store {
  seq = 0;
  tag = Math.random().toString(36).slice(2, 8);
  machines = new Map();
  projects = new Map();
  /** `machine/project/spec path` → spec */
  specs = new Map();
  /** `machine/project/file path` → bytes */
  files = new Map();
  /** Every version that was ever saved, by hash. */
  versions = new Map();
  history = [];
  listeners = new Set();

  cursor() {
    return `${this.seq}.${this.tag}`;
  }

  publish(name, data) {
    this.seq += 1;
    const event = { seq: this.seq, name, data, id: this.cursor() };
    this.history.push(event);
    for (const listener of this.listeners) listener(event);
  }

  putMachine(machine) {
    this.machines.set(machine.id, machine);
    this.publish('machine', machine);
  }

  putProject(project) {
    const key = `${project.machine}/${project.id}`;
    const of = (map) => [...map.keys()].filter((path) => path.startsWith(`${key}/`)).length;
    const whole = { ...project, specs: of(this.specs), files: of(this.files) };
    this.projects.set(key, whole);
    this.publish('project', whole);
  }

  /** Saves one file of a spec, as an editor on the machine would. */
  save(machine, project, spec, file, bytes, mtime = new Date()) {
    const path = file === '' ? spec : `${spec}/${file}`;
    const place = `${machine}/${project}`;
    this.files.set(`${place}/${path}`, bytes);
    this.versions.set(sha256(bytes), bytes);
    const key = `${place}/${spec}`;
    const old = this.specs.get(key) ?? {
      machine,
      project,
      path: spec,
      rev: 0,
      summary: { name: spec },
      files: [],
    };
    const entry = { path, hash: sha256(bytes), size: bytes.length, mtime: mtime.toISOString() };
    const files = [...old.files.filter((other) => other.path !== path), entry];
    files.sort((left, right) => (left.path < right.path ? -1 : 1));
    const main = file === 'README.md' || file === '';
    const summary = main ? summarise(spec, bytes.toString('utf8')) : old.summary;
    const next = { ...old, rev: old.rev + 1, summary, files };
    this.specs.set(key, next);
    this.publish('spec', next);
  }

  remove(machine, project, spec) {
    this.specs.delete(`${machine}/${project}/${spec}`);
    this.publish('spec_gone', { machine, project, path: spec, rev: 0 });
  }

  /** Forgets a machine, or one of its projects, with all that it pushed. */
  forget(machine, project) {
    const places = project ? [`${machine}/${project}`] : [...this.projects.keys()];
    for (const place of places.filter((key) => key.startsWith(`${machine}/`))) {
      for (const map of [this.specs, this.files]) {
        for (const key of [...map.keys()]) if (key.startsWith(`${place}/`)) map.delete(key);
      }
      this.projects.delete(place);
      this.publish('project_gone', { machine, id: place.slice(machine.length + 1) });
    }
    if (project) return;
    this.machines.delete(machine);
    this.publish('machine_gone', { id: machine });
  }

  /** Every spec folder below a directory of this computer. */
  load(machine, project, directory) {
    for (const file of walk(directory)) {
      const parts = relative(directory, file).split(sep);
      const at = parts.findIndex((part) => /^\d/.test(part));
      if (at < 0 || at === parts.length - 1) continue;
      const spec = parts.slice(0, at + 1).join('/');
      this.save(
        machine,
        project,
        spec,
        parts.slice(at + 1).join('/'),
        readFileSync(file),
        statSync(file).mtime,
      );
    }
  }
}

function* walk(directory) {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else if (entry.isFile()) yield path;
  }
}
