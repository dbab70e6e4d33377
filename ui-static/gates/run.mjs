// `npm run gates [-- WORD…]`: what only a real browser on a real relay can tell of the built UI. Runs
// every `*.gate.mjs` of this folder, or those whose file's name holds one of the words.
//
// A gate exports
//   name       a sentence about behaviour
//   advice     what to do when it fails
//   looker()   → { opened?(page, say, walk), at?(visit, say), end?(say, report) }: sees every scene
//   run({ browser, say, report })                                      or: does all by itself
// `say(fault)` notes a fault, `report(text)` prints a figure. `dist` is served from the disk, in the
// place of what the relay has in it, unless `--embedded`. `--scene WORD` walks through those scenes only.

import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { startBrowser } from '../scripts/browser.mjs';
import { loadScenes } from './scenes.mjs';
import { binaries, DIST } from './stand/binaries.mjs';
import { walkAll } from './walk.mjs';

/** A gate that has found this many faults has said enough. */
const SAID_MAX = 40;

const { values, positionals: words } = parseArgs({
  allowPositionals: true,
  options: { embedded: { type: 'boolean' }, scene: { type: 'string', multiple: true } },
});
if (!values.embedded) binaries.ui ??= DIST;

const files = readdirSync(new URL('.', import.meta.url)).filter((name) =>
  name.endsWith('.gate.mjs'),
);
const wanted = files.sort().filter((name) => matches(name, words));
const gates = await Promise.all(
  wanted.map(async (file) => ({ ...(await import(`./${file}`)), faults: [], reports: [] })),
);
const browser = await startBrowser();

await walkThroughScenes(gates.filter(({ looker }) => looker));
for (const gate of gates.filter(({ run }) => run)) await runAlone(gate);
await browser.close();

const failed = gates.filter(({ faults }) => faults.length > 0).length;
console.log(
  `\ntest result: ${failed === 0 ? 'ok' : 'FAILED'}. ${gates.length - failed} passed; ${failed} failed; 0 ignored`,
);
process.exitCode = failed === 0 && gates.length > 0 ? 0 : 1;

function matches(name, sought) {
  return sought.length === 0 || sought.some((word) => name.includes(word));
}

async function walkThroughScenes(walking) {
  if (walking.length === 0) return;
  const start = Date.now();
  const scenes = await loadScenes();
  const chosen = scenes.filter(({ name }) => matches(name, values.scene ?? []));
  const lookers = walking.map((gate) => ({ ...gate.looker(), ...tongue(gate) }));
  let blocked = null;
  try {
    await walkAll({ browser, scenes: chosen, lookers });
  } catch (cause) {
    blocked = cause;
  }
  for (const looker of lookers) await looker.end?.(looker.fault, looker.report);
  if (blocked) lookers[0].fault(blocked.stack);
  console.log(`${chosen.length} scenes, in ${seconds(start)} s`);
  for (const gate of walking) tell(gate);
}

async function runAlone(gate) {
  const start = Date.now();
  const { fault: say, report } = tongue(gate);
  try {
    await gate.run({ browser, say, report });
  } catch (cause) {
    say(cause.stack);
  }
  tell(gate, start);
}

function tongue(gate) {
  return {
    fault: (text) => void gate.faults.push(text),
    report: (text) => void gate.reports.push(text),
  };
}

function tell({ name, advice, faults, reports }, start) {
  const took = start ? ` (${seconds(start)} s)` : '';
  console.log(`gate ${name} ... ${faults.length === 0 ? 'ok' : 'FAILED'}${took}`);
  for (const text of reports) console.log(`  ${text}`);
  for (const text of faults.slice(0, SAID_MAX)) console.error(`  fault: ${text}`);
  if (faults.length > SAID_MAX) console.error(`  and ${faults.length - SAID_MAX} more`);
  if (faults.length > 0) console.error(`  what to do: ${advice}`);
}

function seconds(start) {
  return ((Date.now() - start) / 1000).toFixed(1);
}
