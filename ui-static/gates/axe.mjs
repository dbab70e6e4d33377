// axe in a page and in every frame of it, with all rules of the standards and of good practice.
// Injected through the debugger, where the page's policy does not reach.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
// What is not a violation is not asked for in full: that halves the time.
const options = { runOnly: { type: 'tag', values: TAGS }, resultTypes: ['violations'] };

/** One line for each rule that is broken, with where. */
export async function findViolations(page) {
  const top = page.mainFrame();
  await inject(top);
  const parts = [await top.evaluate((asked) => axe.runPartial(document, asked), options)];
  for (const { frameSelector, frameContext } of await top.evaluate(() =>
    axe.utils.getFrameContexts(document),
  )) {
    const holder = await top.$(Array.isArray(frameSelector) ? frameSelector[0] : frameSelector);
    const frame = await holder?.contentFrame();
    if (!frame) parts.push(null);
    else {
      await inject(frame);
      parts.push(
        await frame.evaluate(
          ([context, asked]) => axe.runPartial(context, asked),
          [frameContext, options],
        ),
      );
    }
  }
  const found = await top.evaluate(
    async ([all, asked]) => (await axe.finishRun(all, asked)).violations,
    [parts, options],
  );
  return found.map(
    ({ id, help, nodes }) => `axe ${id} (${help}): ${nodes.slice(0, 3).map(where).join(' | ')}`,
  );
}

async function inject(frame) {
  const there = await frame.evaluate(() => typeof axe !== 'undefined');
  if (!there) await frame.evaluate(`${source}; 0`);
}

function where({ html, any, all }) {
  const why = any[0]?.message ?? all[0]?.message ?? '';
  return `${html.slice(0, 160)} ${why}`.trim();
}
