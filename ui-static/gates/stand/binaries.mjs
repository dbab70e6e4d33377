// Where the programs under test are: named by the environment, as `cargo xtask test` does, else those
// of a debug build.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../../', import.meta.url);

function program(name, variable) {
  const target = process.env.CARGO_TARGET_DIR ?? 'target';
  const built = fileURLToPath(new URL(`${target}/debug/${name}`, ROOT));
  const path = process.env[variable] ?? built;
  if (!existsSync(path)) {
    throw new Error(
      `${path} is not there: run “cargo build --workspace”, or name it in ${variable}`,
    );
  }
  return path;
}

/** The built UI on the disk. */
export const DIST = fileURLToPath(new URL('ui-static/dist', ROOT));

/** `ui` is a folder that is served in the place of what the relay has in it. */
export const binaries = {
  get relay() {
    return program('leanspec-relay', 'LEANSPEC_RELAY_BIN');
  },
  get bridge() {
    return program('leanspec-bridge', 'LEANSPEC_BRIDGE_BIN');
  },
  ui: process.env.LEANSPEC_RELAY_UI_DIR ?? null,
};
