// The projects that the gates look at. `harbor` is the demo's sample with more on top
// (`sample/harbor`): diagrams, a picture, sub-specs, a family, a loop of dependencies, broken links.

import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { age, commit, git } from './disk.mjs';
import { png } from './png.mjs';

const DEMO = fileURLToPath(new URL('../../../xtask/sample/', import.meta.url));
const OWN = fileURLToPath(new URL('sample/', import.meta.url));

/** A repository with the sample as it is, and clones of it: `newer`, and two that are a pull behind. */
export function harbors(folder) {
  const origin = join(folder, 'origin', 'harbor');
  cpSync(join(DEMO, 'before'), origin, { recursive: true });
  cpSync(join(OWN, 'harbor'), origin, { recursive: true });
  const chart = join(origin, 'specs/012-storm-warning/chart.png');
  writeFileSync(
    chart,
    png(360, 120, (x, y) => tide(x, y)),
  );
  git(origin, 'init', '--quiet', '--initial-branch=main');
  commit(origin, 'Plan the season');
  const clone = (machine) => {
    const place = join(folder, machine, 'harbor');
    mkdirSync(join(folder, machine), { recursive: true });
    git(folder, 'clone', '--quiet', '--no-hardlinks', origin, place);
    return place;
  };
  const [older, away] = [clone('desktop'), clone('thinkpad')];
  cpSync(join(DEMO, 'after'), origin, { recursive: true });
  commit(origin, 'Finish the tide table, plan the fuel dock');
  const newer = clone('macbook');
  for (const place of [older, away, newer]) age(join(place, 'specs'));
  return { newer, older, away };
}

/** A project that nobody may change from elsewhere. */
export function handbook(folder) {
  const place = join(folder, 'macbook', 'handbook');
  cpSync(join(OWN, 'handbook'), place, { recursive: true });
  age(join(place, 'specs'));
  return place;
}

/** A project without a single spec. */
export function empty(folder) {
  const place = join(folder, 'macbook', 'sketches');
  mkdirSync(join(place, 'specs'), { recursive: true });
  return place;
}

/** A project whose specs folder will be taken away while its bridge runs. */
export function attic(folder) {
  const place = join(folder, 'macbook', 'attic');
  const spec = join(place, 'specs', '001-old-harbour');
  mkdirSync(spec, { recursive: true });
  writeFileSync(join(spec, 'README.md'), plain('The harbour before the storm', 'archived'));
  return place;
}

/** A project of so many specs, each of which but the first needs one or two of those before it. */
export function fleet(folder, count) {
  const place = join(folder, 'station', 'fleet');
  const statuses = ['planned', 'in-progress', 'complete', 'archived'];
  for (let number = 1; number <= count; number += 1) {
    const spec = join(place, 'specs', `${String(number).padStart(4, '0')}-berth-${number}`);
    mkdirSync(spec, { recursive: true });
    const needs = number === 1 ? [] : [1 + ((number * 7919) % (number - 1))];
    if (number % 3 === 0) needs.push(1 + ((number * 104729) % (number - 1)));
    const text = plain(`Berth ${number} gets a number`, statuses[number % 4], needs);
    writeFileSync(join(spec, 'README.md'), text);
  }
  return place;
}

export function plain(title, status, needs = []) {
  const names = needs.map((number) => `'${String(number).padStart(4, '0')}'`);
  const relations = names.length > 0 ? `\ndepends_on: [${names.join(', ')}]` : '';
  const head = `status: ${status}\ncreated: '2025-11-11'\npriority: medium\ntags:\n  - quay${relations}`;
  return `---\n${head}\n---\n\n# ${title}\n\n## Plan\n\n- [x] Think\n- [ ] Build\n`;
}

/** Water under a line that rises and falls. */
function tide(x, y) {
  const level = 60 + 34 * Math.sin(x / 40) + 8 * Math.sin(x / 11);
  if (Math.abs(y - level) < 1.5) return [32, 66, 120];
  return y > level ? [176, 206, 228] : [246, 244, 238];
}
