// The calls that send edits to machines and ask what became of them. In a file of its own, since the
// first screen needs none of them.

import { type RelayApi, projectPath, type Snapshot } from './api';
import { decodeCommand, decodeCommands } from './decode';
import { malformed } from './failure';
import type { Command, NewCommand } from './types';

export class CommandApi {
  constructor(private readonly api: RelayApi) {}

  /** Sends an edit. The same key with the same body is the same command, however often it is sent. */
  post(machine: string, project: string, key: string, body: NewCommand): Promise<Command> {
    return this.one(`${projectPath(machine, project)}/commands`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
    });
  }

  /** A command with the texts of files that came of it. */
  get(id: string): Promise<Command> {
    return this.one(`/v1/commands/${encodeURIComponent(id)}`);
  }

  /** Every command that has not ended, in order of acceptance. */
  async open(): Promise<Snapshot<Command>> {
    return this.api.snapshot('/v1/commands?open=true', decodeCommands);
  }

  /** The newest thousand, ended or not, in order of acceptance and without texts. */
  async newest(): Promise<Snapshot<Command>> {
    return this.api.snapshot('/v1/commands', decodeCommands);
  }

  /** Takes a command back; after delivery the machine decides whether it was in time. */
  withdraw(id: string): Promise<Command> {
    return this.one(`/v1/commands/${encodeURIComponent(id)}`, { method: 'DELETE' });
  }

  /** Applies a conflicted change to the newer version: a new command. */
  rebase(id: string, key: string): Promise<Command> {
    return this.one(`/v1/commands/${encodeURIComponent(id)}/rebase`, {
      method: 'POST',
      headers: { 'idempotency-key': key },
    });
  }

  private async one(path: string, init: RequestInit = {}): Promise<Command> {
    const [value] = await this.api.json(path, init);
    const command = decodeCommand(value);
    if (!command) throw malformed(this.api.origin);
    return command;
  }
}
