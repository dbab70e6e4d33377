// Puts texts on the clipboard and says that it did: a word at the lower edge for a moment, read aloud
// once.

import { documentWords } from '../../words/document';

/** How long the word stays, in milliseconds. */
const SAID_MS = 2400;

class Copying {
  /** What was just done; empty when nothing was. */
  said = $state('');
  private timer: ReturnType<typeof setTimeout> | undefined;

  async copy(text: string, done: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.say(done);
    } catch {
      // No permission, or a page that is not served over https.
      this.say(documentWords().notCopied);
    }
  }

  say(words: string): void {
    clearTimeout(this.timer);
    this.said = words;
    this.timer = setTimeout(() => (this.said = ''), SAID_MS);
  }
}

export const copying = new Copying();
