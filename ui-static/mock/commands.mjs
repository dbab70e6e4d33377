// The mock relay's commands: accepted once per key, handed to machines that are there, withdrawn,
// rebased, told on the feed. A machine has moods, so that every state of the UI can be seen.

import { carryOut, fileOf } from './machine.mjs';

const DAY_MS = 24 * 3600 * 1000;
const SLOW_MS = 5000;

export class Commands {
  /** `fine`, `slow` (answers after five seconds), `silent` (never), `busy` (somebody saves first). */
  mood = 'fine';
  all = new Map();
  keys = new Map();

  constructor(store) {
    this.store = store;
    this.by = { key: 'k1', name: 'This browser' };
  }

  accept(machine, project, key, posted, by = this.by) {
    const known = this.keys.get(key);
    if (known) return known;
    const now = Date.now();
    const command = {
      id: `c${this.all.size + 1}`,
      machine,
      project,
      state: 'queued',
      ...posted,
      by,
      created_at: new Date(now).toISOString(),
      expires_at: new Date(now + 7 * DAY_MS).toISOString(),
    };
    this.all.set(command.id, command);
    this.keys.set(key, command);
    this.tell(command);
    this.deliver(command);
    return command;
  }

  open() {
    return [...this.all.values()].filter(({ state }) => isOpen(state)).map(withoutTexts);
  }

  newest() {
    return [...this.all.values()].map(withoutTexts);
  }

  /** A page of what ended, newest first, as `GET /v1/activity` gives it. */
  activity(query) {
    const limit = Number(query.get('limit') ?? 50);
    const before = Number(query.get('before') ?? Infinity);
    const wanted = (name, value) => (query.get(name) ?? value) === value;
    const ended = [...this.all.values()]
      .filter(({ state }) => !isOpen(state))
      .sort((left, right) => (left.ended_at < right.ended_at ? -1 : 1))
      .map(({ id, machine, project, spec, state, type, by, outcome, ended_at }, index) => ({
        number: index + 1,
        at: ended_at,
        kind: 'command',
        command: id,
        ...{ machine, project, spec, state, type, by, outcome },
      }))
      .filter(({ machine, project }) => wanted('machine', machine) && wanted('project', project))
      .filter(({ number }) => number < before)
      .reverse();
    const entries = ended.slice(0, limit);
    return ended.length > limit ? { entries, next: entries.at(-1).number } : { entries };
  }

  withdraw(command) {
    if (command.state === 'queued') this.end(command, 'withdrawn', {});
    else if (command.state === 'delivered') {
      command.withdraw_requested = true;
      this.tell(command);
    }
    return command;
  }

  rebase(command, key) {
    const { type, spec, file, fields, seen, line, seen_line, checked } = command;
    const posted = { type, spec, file, fields, seen, line, seen_line, checked, force: false };
    const base = { hash: command.outcome.current_hash };
    const fresh = this.accept(command.machine, command.project, key, { ...posted, base });
    command.rebased_as = fresh.id;
    this.tell(command);
    return fresh;
  }

  /** The machine came back: what waited is done, in order. */
  arrive(machine) {
    for (const command of this.all.values()) {
      if (command.machine === machine && command.state === 'queued') this.deliver(command);
    }
  }

  deliver(command) {
    if (!this.store.machines.get(command.machine)?.online) return;
    command.state = 'delivered';
    command.delivered_at = new Date().toISOString();
    this.tell(command);
    if (this.mood === 'silent') return;
    setTimeout(() => this.perform(command), this.mood === 'slow' ? SLOW_MS : 30);
  }

  perform(command) {
    if (!isOpen(command.state)) return;
    if (command.withdraw_requested) return this.end(command, 'withdrawn', {});
    if (this.mood === 'busy' && command.type !== 'create_spec') this.saveFirst(command);
    const { state, outcome } = carryOut(this.store, command, (id) => {
      const before = this.all.get(id);
      return before?.state === 'applied' ? before.outcome.hash : null;
    });
    this.end(command, state, outcome);
  }

  /** Somebody at the machine saves the file in the last moment. */
  saveFirst(command) {
    const file = fileOf(this.store, command);
    const { machine, project, spec } = command;
    const old = this.store.files.get(`${machine}/${project}/${file}`).toString();
    const text = old.replace('## Overview', '## Overview, written anew on the machine');
    const name = file.slice(spec.length + 1);
    this.store.save(machine, project, spec, name, Buffer.from(`${text}\nOne more line.\n`));
  }

  end(command, state, outcome) {
    Object.assign(command, { state, outcome, ended_at: new Date().toISOString() });
    this.tell(command);
  }

  /** Ends a command without a trace, for whoever wants to begin anew. */
  forget(id) {
    const command = this.all.get(id);
    if (command && isOpen(command.state)) this.end(command, 'withdrawn', {});
  }

  tell(command) {
    this.store.publish('command', withoutTexts(command));
  }
}

const isOpen = (state) => state === 'queued' || state === 'delivered';

function withoutTexts({ content: _, ...command }) {
  if (!command.outcome) return command;
  const { current, diff, ...outcome } = command.outcome;
  return { ...command, outcome };
}
