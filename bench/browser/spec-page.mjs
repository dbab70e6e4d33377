// The page of a spec in a real browser, signed in.
import { startBrowser } from '../../ui-static/scripts/browser.mjs';

/** `spec` is its path, e.g. `umbrella/001-child`: one segment of the page's address. */
export async function openSpec({ signIn, machine, project, spec, prepare = async () => {} }) {
  const browser = await startBrowser();
  const page = await browser.newPage();
  await prepare(page);
  await page.goto(signIn);
  await page.waitForFunction(() => !location.hash.includes('pair'));
  const segments = ['m', machine, 'p', project, 's', spec].map(encodeURIComponent);
  await page.goto(new URL(`#/${segments.join('/')}`, signIn).href);
  return { browser, page };
}
