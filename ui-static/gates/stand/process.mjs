// One program of the stand: what it says is kept, its end is ours. Nothing of the user's environment
// reaches it, so that no setting of a real relay or bridge has a say.

import { spawn } from 'node:child_process';

const SAID_WITHIN_MS = 30_000;
const STOPPED_WITHIN_MS = 6000;

export class Program {
  said = '';
  #waiting = new Set();

  constructor(name, file, args, environment = {}) {
    this.name = name;
    const { PATH, HOME, TMPDIR } = process.env;
    const env = { PATH, HOME, TMPDIR, RUST_BACKTRACE: '0', ...environment };
    this.child = spawn(file, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    this.child.stderr.setEncoding('utf8').on('data', (text) => this.#hear(text));
    this.ended = new Promise((resolve) => {
      this.child.on('exit', resolve);
      this.child.on('error', (cause) => {
        this.said += `${cause.message}\n`;
        resolve(null);
      });
    });
    void this.ended.then(() => this.#hear(''));
  }

  #hear(text) {
    this.said += text;
    for (const look of this.#waiting) look();
  }

  /** The first line with this text; fails when the program ends or says nothing in time. */
  says(text) {
    return new Promise((resolve, reject) => {
      const done = (settle, value) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        settle(value);
      };
      const look = () => {
        // Without what stands after the last line break: that line is still being said.
        const line = this.said
          .split('\n')
          .slice(0, -1)
          .find((candidate) => candidate.includes(text));
        if (line !== undefined) done(resolve, line);
        else if (this.child.exitCode !== null || this.child.pid === undefined) fail('ended');
      };
      const fail = (how) =>
        done(reject, new Error(`${this.name} ${how} before it said “${text}”:\n${this.said}`));
      const timer = setTimeout(() => fail('took too long'), SAID_WITHIN_MS);
      this.#waiting.add(look);
      look();
    });
  }

  /** Stops it from running on, and lets it go on: to whoever is connected it only seems slow. */
  freeze() {
    this.child.kill('SIGSTOP');
  }

  thaw() {
    this.child.kill('SIGCONT');
  }

  /** Ends it as a service manager would; killed when it does not listen. */
  async stop() {
    if (this.child.exitCode !== null || this.child.pid === undefined) return;
    this.thaw();
    this.child.kill('SIGTERM');
    const late = setTimeout(() => this.child.kill('SIGKILL'), STOPPED_WITHIN_MS);
    await this.ended;
    clearTimeout(late);
  }
}
