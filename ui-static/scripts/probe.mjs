// `npm run probe`: what only a real browser can tell of the built UI. Served from another origin than
// the mock relay, as from a CDN: the policy is enforced and narrowed, a hostile spec does nothing,
// a save shows without a reload, an edit lives through all it can meet, and the page comes back from
// every mood of the relay.

import { fixtureStore } from '../mock/fixture.mjs';
import { serveMock } from '../mock/relay.mjs';
import { DIST, signInAddress, startBrowser } from './browser.mjs';

const HOSTILE = `---
status: planned
created: 2026-11-01
---

# Hostile

<script>window.harmed = 1</script> <img src=x onerror="window.harmed = 2">
<svg onload="window.harmed = 3"></svg> [link](javascript:window.harmed=4)
![pixel](https://tracker.example/pixel.png) <iframe srcdoc="<script>parent.harmed = 5</script>"></iframe>

[data](data:text/html,<script>1</script>) \`<b onmouseover=alert(1)>\`

## The end
`;

const HOSTILE_DIAGRAMS = `# Drawn

\`\`\`mermaid
%%{init: {"securityLevel": "loose", "htmlLabels": true, "themeCSS": "* { background: url(https://tracker.example/x) }"}}%%
flowchart LR
  A["<img src=x onerror='window.harmed = 6'>"] --> B["<script>window.harmed = 7</script>"]
  click A "javascript:window.harmed=8"
  click B call alert()
\`\`\`

\`\`\`mermaid
flowchart LR and nothing else ]]]
\`\`\`
`;

const store = fixtureStore();
store.save('macbook', 'reader', '666-hostile', 'README.md', Buffer.from(HOSTILE));
store.save('macbook', 'reader', '666-hostile', 'DRAWN.md', Buffer.from(HOSTILE_DIAGRAMS));
const relay = await serveMock(store);
const cdn = await serveMock(fixtureStore(), { uiDir: DIST });
const browser = await startBrowser();
const page = await (await browser.newContext()).newPage();
const list = `${cdn.origin}/#/m/macbook/p/reader`;
let faults = 0;

/** One sentence about behaviour, and the attempt to see it. */
async function check(sentence, attempt) {
  try {
    if ((await attempt()) === false) throw new Error('it did not');
    console.log(`ok    ${sentence}`);
  } catch (cause) {
    faults += 1;
    console.error(`FAULT ${sentence}: ${cause.message.split('\n')[0]}`);
  }
}
const shows = (text, timeout = 5000) => page.getByText(text).first().waitFor({ timeout });
const save = (line) => {
  const place = ['macbook', 'reader', '004-offline-reader'];
  const old = store.files.get([...place, 'README.md'].join('/')).toString();
  store.save(...place, 'README.md', Buffer.from(`${old}\n${line}\n`));
};

const elsewhere = [];
page.on('request', (request) => {
  const { origin } = new URL(request.url());
  if (origin !== relay.origin && origin !== cdn.origin && origin !== 'null') elsewhere.push(origin);
});
await page.addInitScript(() => {
  window.violations = [];
  addEventListener('securitypolicyviolation', (event) =>
    window.violations.push(event.violatedDirective),
  );
});

await check('a sign-in link signs in and leaves no code in the address', async () => {
  await page.goto(signInAddress(cdn.origin, relay.origin));
  await shows('Desktop');
  return !page.url().includes('code');
});
await check('a hostile spec is shown and does nothing', async () => {
  await page.goto(`${list}/s/666-hostile`);
  await page.getByRole('heading', { name: 'The end' }).waitFor();
  const harmed = await page.evaluate(() => window.harmed);
  return harmed === undefined && elsewhere.length === 0;
});
await check(
  'a hostile diagram is drawn where it reaches neither page nor storage nor network',
  async () => {
    await page.goto(`${list}/s/666-hostile/DRAWN.md`);
    await page.locator('.diagram-toggle:visible').waitFor();
    const frame = page.frames().find((frame) => frame.url().includes('/diagram/'));
    const reached = await frame.evaluate(async () => {
      const tries = [
        () => localStorage.getItem('x'),
        () => parent.document.title,
        () => fetch('/'),
        () => fetch('https://tracker.example/'),
      ];
      const done = await Promise.allSettled(tries.map(async (attempt) => attempt()));
      return done.filter(({ status }) => status === 'fulfilled').length;
    });
    const harmed = await page.evaluate(() => window.harmed);
    const inside = await frame.evaluate(() => window.harmed);
    return reached === 0 && harmed === undefined && inside === undefined && elsewhere.length === 0;
  },
);
await check('a diagram that cannot be drawn shows its source and why', async () => {
  await shows('Not drawn');
  await shows('flowchart LR and nothing else');
});
await check('the page itself breaks no rule of its policy', () =>
  page.evaluate(() => window.violations.length === 0),
);
await check('a string of HTML is refused by Trusted Types', () =>
  page.evaluate(() => {
    try {
      document.body.appendChild(document.createElement('div')).innerHTML = '<b>x</b>';
      return false;
    } catch {
      return true;
    }
  }),
);
await check('after signing in, nothing can be sent to another host', async () => {
  await page.evaluate(() => void fetch('http://localhost:9/').catch(() => {}));
  await page.waitForFunction(() => window.violations.includes('connect-src'), { timeout: 3000 });
});
await check('a save shows in the open page without a reload, and the place is kept', async () => {
  await page.goto(`${list}/s/004-offline-reader`);
  await page.locator('.document h2').first().waitFor();
  await page.evaluate(() => (window.same = document.querySelector('.document h2')));
  save('Saved while it was open.');
  await shows('Saved while it was open.');
  return page.evaluate(() => window.same === document.querySelector('.document h2'));
});

await check(
  'what is read is not swapped: the change is announced, and shown when asked',
  async () => {
    await page.setViewportSize({ width: 1280, height: 500 });
    await page.evaluate(() => scrollTo(0, 300));
    await page.waitForFunction(() => scrollY > 100);
    save('Saved while it was read.');
    await shows('Changed on MacBook');
    const swapped = await page.getByText('Saved while it was read.').isVisible();
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await shows('Saved while it was read.');
    await page.setViewportSize({ width: 1280, height: 720 });
    return !swapped;
  },
);
await check('a heading has an address of its own, and it leads there', async () => {
  await page.goto('about:blank');
  await page.goto(`${list}/s/004-offline-reader?h=plan`);
  await page.waitForFunction(() => document.activeElement?.id === 'h-plan');
});
await check('a spec is compared with the same one on another machine', async () => {
  await page.goto(`${list}/s/004-offline-reader`);
  await page.getByRole('link', { name: /^Desktop differs/ }).click();
  await page.locator('.texts mark').first().waitFor();
  await page.getByRole('rowheader', { name: 'status' }).waitFor();
});
await check('the address of a spec that was renamed offers the one of its number', async () => {
  await page.goto(`${list}/s/004-an-older-name`);
  await page.getByRole('link', { name: /004.*offline/ }).click();
  await page.locator('.document h2').first().waitFor();
});

await page.evaluate(() => (window.violations = []));
const readme = (spec) => store.files.get(`macbook/reader/${spec}/README.md`).toString();
const choose = async (field, value) => {
  await page.getByRole('button', { name: field }).first().click();
  await page.getByRole('menuitemradio', { name: value }).click();
};
/** Nothing is under way any more: what is shown is what the machine did. */
const settled = () => page.waitForFunction(() => !document.querySelector('button.pending'));
const status = (word) =>
  page
    .getByRole('button', { name: /^Status/ })
    .filter({ hasText: word })
    .waitFor();

await check('a status is changed by keys alone, shown at once, done and taken back', async () => {
  await page.goto(`${list}/s/006-weekly-digest`);
  await page.getByRole('button', { name: /^Status/ }).focus();
  for (const key of ['Enter', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
  await status('In progress');
  await shows('Undo');
  const done = readme('006-weekly-digest').includes('status: in-progress');
  const focused = await page.evaluate(() =>
    document.activeElement?.textContent?.includes('Status'),
  );
  await page.keyboard.press('Control+z');
  await status('Planned');
  await settled();
  return done && focused;
});
await check('a task is ticked in the text, and its box keeps the focus', async () => {
  await page.locator('.document input').nth(1).focus();
  await page.keyboard.press('Space');
  await shows('Ticked “Step 2 of the plan”');
  return page.evaluate(() => {
    const [first, second] = document.querySelectorAll('.document input');
    return !first.checked && second.checked && document.activeElement === second;
  });
});
await check('two quick edits of one spec do not conflict with each other', async () => {
  await choose(/^Priority/, 'High');
  await choose(/^Status/, 'In progress');
  await settled();
  const text = readme('006-weekly-digest');
  return text.includes('priority: high') && text.includes('status: in-progress');
});
await check('open tasks keep a spec from being complete, unless it is said anyway', async () => {
  await choose(/^Status/, 'Complete');
  await shows('2 tasks are still open');
  await status('In progress');
  await page.getByRole('button', { name: 'Complete anyway' }).click();
  await status('Complete');
  await settled();
});
await check(
  'an edit that met a newer file shows the difference and can be applied to it',
  async () => {
    await page.goto(`${list}/s/005-highlights`);
    relay.commands.mood = 'busy';
    await choose(/^Status/, 'Planned');
    await page.getByRole('button', { name: 'Review' }).click();
    await page.locator('.diff .added').first().waitFor();
    await status('In progress');
    relay.commands.mood = 'fine';
    await page.getByRole('button', { name: 'Apply to the newer version' }).click();
    await status('Planned');
    await settled();
    return readme('005-highlights').includes('written anew on the machine');
  },
);
await check(
  'a draft of a text outlives a reload, and a newer text is not written over',
  async () => {
    const field = page.getByRole('textbox', { name: /^Text of/ });
    await page.getByRole('button', { name: 'Edit text' }).click();
    await field.fill(`${await field.inputValue()}\nMine.\n`);
    await shows('Kept as a draft');
    await page.waitForFunction(() => Object.keys(sessionStorage).some((key) => /^draft/.test(key)));
    await page.reload();
    await page.getByRole('button', { name: 'Edit text' }).click();
    await page.waitForFunction(() => document.querySelector('textarea')?.value.includes('Mine.'));
    relay.commands.saveFirst({ machine: 'macbook', project: 'reader', spec: '005-highlights' });
    await shows('Changed on MacBook since you began');
    const held = await page.getByRole('button', { name: 'Save on MacBook' }).isDisabled();
    await page.getByRole('button', { name: 'Keep mine, in place of it' }).click();
    await page.getByRole('button', { name: 'Save on MacBook' }).click();
    await page.locator('.document').getByText('Mine.').waitFor();
    await settled();
    return held && readme('005-highlights').includes('Mine.');
  },
);
await check('a new spec opens when its machine has made it', async () => {
  await page.goto(list);
  await page.getByRole('button', { name: 'New spec' }).click();
  await page.getByRole('textbox', { name: 'Title' }).fill('Sign in by link');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('heading', { name: 'Sign in by link' }).waitFor();
});
await check(
  'an edit for a machine that is away waits, is listed and can be taken back',
  async () => {
    await page.goto(`${cdn.origin}/#/m/desktop/p/reader/s/005-highlights`);
    await choose(/^Status/, 'Planned');
    await shows('Waits for Desktop, until');
    await page.goto(`${cdn.origin}/#/`);
    await page.getByRole('button', { name: '1 edit waiting' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Take back' }).click();
    await page.getByRole('button', { name: 'Yes, take it back' }).click();
    await shows('Taken back: Status: Planned');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  },
);
await check('an edit without a network is kept, and done once when it is sent again', async () => {
  await page.goto(`${list}/s/003-full-text-search`);
  await status('Complete');
  relay.turn('down');
  await choose(/^Status/, 'Planned');
  await shows('Not sent.');
  relay.turn('fine');
  await page.getByRole('button', { name: 'Retry', exact: true }).click();
  await status('Planned');
  await settled();
  await shows('#003 full-text-search on MacBook');
});
await check('no row moves while a finger is down', async () => {
  await page.goto(list);
  const first = () => page.locator('li a.title').first().textContent();
  await page.locator('li a.title').first().waitFor();
  const before = await first();
  await page.mouse.move(640, 400);
  await page.mouse.down();
  store.save('macbook', 'reader', '099-new', 'README.md', Buffer.from('# Came in between\n'));
  await page.waitForTimeout(300);
  const during = await first();
  await page.mouse.up();
  await page.goto(list);
  await shows('Came in between');
  return before === during;
});
await check('letters walk the list, and going back finds the row again', async () => {
  await page.locator('li a.title').first().waitFor();
  for (const key of ['j', 'j', 'j', 'k']) await page.keyboard.press(key);
  const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim());
  const row = await focused();
  await page.keyboard.press('Enter');
  await page.locator('article h1').waitFor();
  await page.goBack();
  await page.waitForFunction((text) => document.activeElement?.textContent?.trim() === text, row);
});
await check('a status is changed by a key where the row stands', async () => {
  await page.keyboard.press('s');
  await page.getByRole('menuitemradio', { name: 'Archived' }).click();
  await shows('Status: Archived');
});
await check('a card moved by a key changes the status, and the focus goes with it', async () => {
  await page.goto(`${list}?v=board`);
  await page.locator('[data-status=planned] .card a', { hasText: 'Full-text search' }).focus();
  await page.keyboard.press('Alt+ArrowRight');
  const moved = page.locator('[data-status=in-progress] .card', { hasText: 'Full-text search' });
  await moved.locator('a:focus').waitFor();
  await shows('Status: In progress');
});
await check('the palette finds a spec by a few letters and changes it', async () => {
  await page.goto(list);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('mrgin notes');
  await page.getByRole('option', { name: 'Highlights and margin notes' }).first().waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Highlights' }).waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('priority crit');
  await page.keyboard.press('Enter');
  await shows('Priority: critical');
});
await check('the chip leads to the same project on the other machine', async () => {
  await page.goto(`${list}?v=board`);
  await page.locator('[data-chip]').click();
  await page.keyboard.press('1');
  await page.waitForURL(/#\/m\/desktop\/p\/reader\?v=board$/);
});
await check('editing breaks no rule of the policy either', () =>
  page.evaluate(() => window.violations.length === 0),
);
await page.goto(`${list}/s/004-offline-reader`);
await page.locator('.document h2').first().waitFor();
await check('a relay that is away is said so after five seconds, with a way to retry', async () => {
  relay.turn('down');
  await shows('No connection to', 9000);
  await page.getByRole('button', { name: 'Retry now' }).waitFor();
});
await check('the page catches up with what was saved meanwhile', async () => {
  save('Saved while the relay was away.');
  relay.turn('fine');
  await page.getByRole('button', { name: 'Retry now' }).click();
  await shows('Saved while the relay was away.');
  await page.getByText('No connection to').waitFor({ state: 'detached' });
});
await check('where streams are held back, the page goes on by long-poll', async () => {
  relay.turn('held');
  // A try that is still to come, five seconds without a hello, and then a poll.
  await page.waitForRequest((request) => request.url().includes('mode=poll'), { timeout: 45_000 });
  save('Saved while streams were held back.');
  await shows('Saved while streams were held back.');
});
await check('a revoked key leads to signing in again', async () => {
  relay.turn('revoked');
  await shows('does not accept this browser’s key', 9000);
  await page.getByRole('link', { name: 'Sign in again' }).waitFor();
});
await check('a link to a relay that is not signed in at sends nothing there', async () => {
  await page.goto(`${cdn.origin}/#/o/relay.example.org/m/x`);
  await page.reload();
  await shows('You are not signed in at this relay');
  return elsewhere.filter((origin) => origin.includes('example.org')).length === 0;
});

await browser.close();
for (const { server } of [relay, cdn]) {
  server.closeAllConnections();
  server.close();
}
console.log(faults === 0 ? 'no fault' : `${faults} faults`);
process.exitCode = faults === 0 ? 0 : 1;
