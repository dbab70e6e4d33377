// What the page says of a project that is held back: halted, or read-only. Beside saying.ts, for the
// first screen says it too, and needs nothing else of what is said there. Pure.

import type { Project } from '../wire/types';
import { holdWords } from '../words/holds';
import { ownWords } from '../words/own-words';
import { speech, WIRE_LANGUAGE } from '../words/speech.svelte';
import type { Saying } from './saying';

/** Why a machine sends nothing for a project; null when it gave no reason. */
export function haltSaying({ state_code, state_reason }: Project): Saying | null {
  const words: Record<string, string> = holdWords().halt;
  return held(words[state_code ?? ''], state_reason, state_code === 'folder_unreadable');
}

/** Why nobody may change anything of a project from elsewhere; null when that is not so. */
export function readOnlySaying({ read_only_code, read_only }: Project): Saying | null {
  const words: Record<string, string> = holdWords().readOnly;
  return held(words[read_only_code ?? ''], read_only, read_only_code === 'leanspec');
}

/** A machine's own sentence stays a quotation, also in its language: it begins in the middle. */
function held(own: string | undefined, said: string | null | undefined, toldInPart: boolean) {
  if (!said) return null;
  if (own === undefined || speech.language === WIRE_LANGUAGE) return { text: '', quote: said };
  return { text: own, quote: toldInPart ? said : '' };
}

/** In the middle of a sentence, where no element can be set apart. */
export function inline({ text, quote }: Saying): string {
  return text + (quote === '' ? '' : ownWords().inline(quote));
}
