// Any failure as a sentence in the language of the page.

import { RelayFailure } from '../wire/failure';
import { failureWords } from '../words/failures';

export function wordsOf(cause: unknown): string {
  if (cause instanceof RelayFailure) return failureWords(cause.code, cause.message);
  return cause instanceof Error ? cause.message : String(cause);
}
