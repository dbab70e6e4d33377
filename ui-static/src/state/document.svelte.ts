// The text of the file that is open: fetched when its hash changes, kept on screen until the new one
// is there.

import type { RelayApi } from '../wire/api';
import { wordsOf } from './failure-words';

/** Files whose text is kept for going back, by hash. */
const KEPT_MAX = 40;
const kept = new Map<string, string>();

function keep(hash: string, text: string): void {
  kept.delete(hash);
  kept.set(hash, text);
  const [oldest] = kept.keys();
  if (kept.size > KEPT_MAX && oldest !== undefined) kept.delete(oldest);
}

/** Every character of a file, its byte-order mark too: saving it must give the same bytes. */
function decoded(bytes: ArrayBuffer): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** Whether a text stands for the very bytes of its file: broken UTF-8 has no text of its own. */
export function isExact(text: string): boolean {
  return !text.includes('\uFFFD');
}

/** Where the texts of files are kept for the next start. */
export interface TextKeeper {
  text(hash: string): Promise<string | null>;
  keepText(hash: string, text: string): void;
}

export class OpenDocument {
  /** Null until the first bytes are there. Broken UTF-8 shows as replacement characters. */
  text: string | null = $state.raw(null);
  /** Which file the text is of. */
  path: string | null = $state.raw(null);
  /** Why the newest version could not be fetched; empty when it could. */
  failure = $state('');
  /** Hash of the bytes that the text is of. */
  hash = $state('');
  private wanted = '';
  private abort: AbortController | null = null;

  constructor(
    private readonly api: RelayApi,
    private readonly machine: string,
    private readonly project: string,
    private readonly keeper: TextKeeper | null = null,
  ) {}

  /** Shows this version of a file. */
  async show(path: string, hash: string): Promise<void> {
    const wanted = `${path}\n${hash}`;
    if (wanted === this.wanted && this.failure === '') return;
    this.wanted = wanted;
    this.abort?.abort(new Error('another version is wanted'));
    this.failure = '';
    const known = kept.get(hash);
    if (known !== undefined) return this.put(path, hash, known);
    if (path !== this.path) this.text = null;
    const abort = new AbortController();
    this.abort = abort;
    // A hash names the very bytes: a copy of them is as good as the relay's.
    const saved = (await this.keeper?.text(hash)) ?? null;
    if (abort.signal.aborted) return;
    if (saved !== null) return this.take(path, hash, saved);
    try {
      const file = await this.api.file(this.machine, this.project, path, abort.signal);
      if (abort.signal.aborted) return;
      this.take(path, file.hash || hash, decoded(file.bytes));
    } catch (cause) {
      if (!abort.signal.aborted) this.failure = wordsOf(cause);
    }
  }

  close(): void {
    this.abort?.abort(new Error('the document was closed'));
  }

  private take(path: string, hash: string, text: string): void {
    keep(hash, text);
    this.keeper?.keepText(hash, text);
    this.put(path, hash, text);
  }

  private put(path: string, hash: string, text: string): void {
    if (path === this.path && hash === this.hash) return;
    this.path = path;
    this.hash = hash;
    this.text = text;
  }
}
