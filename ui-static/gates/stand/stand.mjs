// A relay and machines as somebody has them: one on which all may be changed, one a pull behind, one
// that is away. Every gate and every walk has a stand of its own, so that none sees another's edits.

import { createHash } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Machine } from './machine.mjs';
import { Relay } from './relay.mjs';
import { attic, empty, handbook, harbors } from './sample.mjs';
import { until } from './until.mjs';

const ALL = ['frontmatter', 'tasks', 'content', 'create'];
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

export class Stand {
  machines = {};

  /** A relay without machines. */
  static async empty() {
    const stand = new Stand();
    stand.folder = mkdtempSync(join(tmpdir(), 'leanspec-gates-'));
    stand.relay = new Relay(stand.folder);
    await stand.relay.start();
    stand.key = await stand.relay.key('admin', 'Gates');
    return stand;
  }

  /** The relay with the sample's three machines. */
  static async sample() {
    const stand = await Stand.empty();
    const { folder } = stand;
    const { newer, older, away } = harbors(folder);
    const old = attic(folder);
    const macbook = stand.machine('MacBook', {
      harbor: { dir: newer, allow: ALL },
      handbook: { dir: handbook(folder), allow: [] },
      sketches: { dir: empty(folder), allow: ALL },
      attic: { dir: old, allow: ALL },
    });
    const desktop = stand.machine('Desktop', { harbor: { dir: older } });
    const thinkpad = stand.machine('ThinkPad', { harbor: { dir: away } });
    await Promise.all([macbook.start(), desktop.start(), thinkpad.start()]);
    await thinkpad.stop();
    renameSync(join(old, 'specs'), join(old, 'specs-moved'));
    delete macbook.projects.attic;
    await until('the project without its folder is halted', () => stand.isHalted('attic'));
    for (const machine of [macbook, desktop]) machine.note();
    return stand;
  }

  machine(name, projects) {
    const home = join(this.folder, `home-${name}`);
    this.machines[name] = new Machine({ name, home, projects, relay: this.relay });
    return this.machines[name];
  }

  /** What the relay answers to a reader. */
  async get(path) {
    const headers = { authorization: `Bearer ${this.key}` };
    const response = await fetch(`${this.relay.origin}/v1${path}`, { headers });
    if (!response.ok) throw new Error(`GET ${path}: ${response.status}`);
    return response.json();
  }

  async projectsOf(name) {
    const { machines } = await this.get('/machines');
    const { id } = machines.find((machine) => machine.name === name);
    const { projects } = await this.get(`/machines/${id}/projects`);
    return { id, projects };
  }

  async isHalted(name) {
    const { projects } = await this.projectsOf('MacBook');
    return projects.find((project) => project.name === name)?.state === 'halted';
  }

  /** Withdraws what waits, puts every file back, and waits until the relay holds just that. */
  async restore() {
    const headers = { authorization: `Bearer ${this.key}` };
    const isOpen = ({ state }) => state === 'queued' || state === 'delivered';
    const open = async () => (await this.get('/commands')).commands.filter(isOpen);
    for (const { id } of await open()) {
      await fetch(`${this.relay.origin}/v1/commands/${id}`, { method: 'DELETE', headers });
    }
    // A machine may still be about to write.
    await until('nothing is under way any more', async () => {
      const left = await open();
      if (left.length > 0) throw new Error(`left: ${JSON.stringify(left)}`);
      return true;
    });
    for (const machine of Object.values(this.machines)) {
      if (machine.before.size === 0) continue;
      // A change may be applied and its bytes still be on their way: the relay would seem to hold
      // what was noted, and the next scene begin in the middle of that.
      await this.settled(machine, machine.files(), { halted: false });
      machine.restore();
      await this.settled(machine, machine.before);
    }
  }

  /** Waits until the relay holds these files of a machine; those of halted projects if wanted. */
  settled(machine, wanted, { halted = true } = {}) {
    return until(`the relay holds what is on ${machine.name}`, async () => {
      const { id, projects } = await this.projectsOf(machine.name);
      for (const [name, files] of wanted) {
        const project = projects.find((candidate) => candidate.name === name);
        if (!halted && project.state === 'halted') continue;
        const { specs } = await this.get(`/machines/${id}/projects/${project.id}/specs`);
        const held = specs.flatMap((spec) => spec.files);
        const same = held.every(({ path, hash }) => {
          const bytes = files.get(path);
          return bytes !== undefined && sha256(bytes) === hash;
        });
        if (!same || held.length < files.size) return false;
      }
      return true;
    });
  }

  async close() {
    for (const machine of Object.values(this.machines)) await machine.stop();
    await this.relay.stop();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
