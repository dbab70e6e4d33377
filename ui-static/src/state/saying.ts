// What the page says where a relay or a machine has said something: the page's own sentence, in its
// language, made from the words of the wire; and the other's sentence as a quotation, where the wire
// has no word for it. Pure. No sentence is ever taken apart to find out what it means.

import type { Outcome, SpecProblem } from '../wire/types';
import { outcomeWords } from '../words/outcomes';
import { speech, WIRE_LANGUAGE } from '../words/speech.svelte';
import { specProblemWords } from '../words/spec-problems';

export interface Saying {
  /** In the language of the page; empty where only a quotation is left. */
  text: string;
  /** In English; empty where the page has said it all. */
  quote: string;
}

/** Reasons of which only the machine's own sentence says the whole: a name, a place, an error of its disk. */
const REASONS_TOLD_IN_PART = new Set([
  ...['read_only', 'invalid', 'not_editable', 'template', 'bad_name', 'special_file'],
  ...['busy', 'disk'],
]);

/** Troubles of a file of which only the machine's own sentence names the key. */
const PROBLEMS_TOLD_IN_PART = new Set([
  'malformed_yaml',
  'duplicate_key',
  'missing_field',
  'invalid_field',
]);

/** `own` is the page's sentence; undefined where it has none. */
export function saying(own: string | undefined, said: string, toldInPart: boolean): Saying {
  if (own === undefined) return { text: '', quote: said };
  // Theirs says the same of this one case, in the language of the page.
  if (speech.language === WIRE_LANGUAGE && said !== '') return { text: said, quote: '' };
  return { text: own, quote: toldInPart ? said : '' };
}

/** Why a machine did not make a change. */
export function outcomeSaying(outcome: Outcome): Saying {
  const reason = outcome.reason ?? '';
  return saying(outcomeWord(outcome), outcome.message ?? '', REASONS_TOLD_IN_PART.has(reason));
}

function outcomeWord({ reason, rule, line, outcome_unknown }: Outcome): string | undefined {
  const words = outcomeWords();
  const reasons: Record<string, string> = words.reason;
  const rules: Record<string, string> = words.rule;
  if (reason === 'rule') return rules[rule ?? ''] ?? reasons[reason];
  if (reason === 'forgotten' && outcome_unknown) return words.forgottenUnknown;
  const word = reasons[reason ?? ''];
  return word !== undefined && line ? word.replace(/[。.]/, words.atLine(line) + '$&') : word;
}

/** What is wrong with the main file of a spec. */
export function problemSaying({ code, message }: SpecProblem): Saying {
  const words: Record<string, string> = specProblemWords();
  return saying(words[code], message, PROBLEMS_TOLD_IN_PART.has(code));
}
