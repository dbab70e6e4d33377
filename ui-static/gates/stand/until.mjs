// Waiting for something that can be seen.

const WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 40;

/** Looks again and again, until something true is found; a failure says which sentence did not come true. */
export async function until(sentence, look, within = WITHIN_MS) {
  const end = Date.now() + within;
  let last = null;
  for (;;) {
    try {
      const found = await look();
      if (found) return found;
    } catch (cause) {
      last = cause;
    }
    if (Date.now() > end) throw new Error(`not so: ${sentence}${last ? ` (${last.message})` : ''}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
