// Any failure as a sentence in the language of the page.

import { RelayFailure } from '../wire/failure';
import { failureWords } from '../words/failures';
import { ownWords } from '../words/own-words';

export function wordsOf(cause: unknown): string {
  if (cause instanceof RelayFailure) return failureWords(cause.code, cause.message);
  // A plain error is this page's own; those of other names are the browser's.
  if (cause instanceof Error && cause.name === 'Error') return cause.message;
  return ownWords().inline(cause instanceof Error ? cause.message : String(cause));
}
