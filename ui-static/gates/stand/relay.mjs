// A real relay in an empty folder.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { binaries } from './binaries.mjs';
import { Program } from './process.mjs';

const run = promisify(execFile);

export class Relay {
  constructor(folder) {
    this.data = join(folder, 'relay');
    this.listen = '127.0.0.1:0';
  }

  /** Starts it, and after a stop starts it again on the same port with the same data. */
  async start() {
    // A machine that was stopped is to be away at once; a real one gets the benefit of 45 s.
    const args = ['serve', '--listen', this.listen, '--data', this.data, '--offline-after', '1'];
    if (binaries.ui) args.push('--ui-dir', binaries.ui);
    this.program = new Program('the relay', binaries.relay, [...args, '--allow-origin', '*']);
    const line = await this.program.says('listening on http://');
    this.listen = /http:\/\/(\S+)/.exec(line)[1];
    this.origin = `http://${this.listen}`;
  }

  stop() {
    return this.program.stop();
  }

  /** One of its other commands, beside the running relay. */
  async command(...args) {
    const { stdout } = await run(binaries.relay, [...args, '--data', this.data]);
    return stdout.trim();
  }

  key(scope, name) {
    return this.command('key', 'create', '--scope', scope, '--name', name);
  }

  /** The address that signs a browser in, good once. */
  link() {
    return this.command('link', '--public-url', this.origin);
  }
}
