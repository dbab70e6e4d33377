// No word of the wire's closed lists may be without a sentence in every language of the page.

import { afterEach, expect, test } from 'vitest';

import { activityWords } from '../../src/words/activity';
import { doctorWords } from '../../src/words/doctor';
import { mayWords } from '../../src/words/edits';
import { failureSentences } from '../../src/words/failures';
import { holdWords } from '../../src/words/holds';
import { outcomeWords } from '../../src/words/outcomes';
import { settingsWords } from '../../src/words/settings';
import { skipWords } from '../../src/words/skips';
import { speech } from '../../src/words/speech.svelte';
import { specProblemWords } from '../../src/words/spec-problems';
import { problemCodes, wordsOfType } from './wire-words';

afterEach(() => {
  speech.language = 'en';
});

const CHINESE = /\p{Script=Han}/u;

/** Scopes and states that nobody is told of: see the reasons. */
const isOfPerson = (scope: string) => scope !== 'bridge';
const isFinal = (state: string) => state !== 'queued' && state !== 'delivered';

test.each<[string, string[], () => object]>([
  ['reason of an outcome', wordsOfType('Reason'), () => outcomeWords().reason],
  ['rule of LeanSpec', wordsOfType('Rule'), () => outcomeWords().rule],
  ['problem of a spec', wordsOfType('SpecProblemCode'), specProblemWords],
  ['reason why a file is not sent', wordsOfType('SkipReason'), skipWords],
  ['reason why a project is halted', wordsOfType('HaltCode'), () => holdWords().halt],
  ['reason why it is read-only', wordsOfType('ReadOnlyCode'), () => holdWords().readOnly],
  ['kind of change', wordsOfType('Permission'), () => mayWords().kind],
  ['scope of a key', wordsOfType('Scope'), () => settingsWords().keys.scope],
  [
    'scope the doctor meets',
    wordsOfType('Scope').filter(isOfPerson),
    () => doctorWords().key.scope,
  ],
  ['end of a command', wordsOfType('CommandState').filter(isFinal), () => activityWords().state],
])('every %s has a sentence in both languages', (_, known, said) => {
  for (const language of ['en', 'zh-CN'] as const) {
    speech.language = language;
    const words = said() as Record<string, string>;
    expect(known.filter((word) => !words[word])).toEqual([]);
    const inChinese = known.filter((word) => CHINESE.test(words[word] ?? ''));
    expect(inChinese).toEqual(language === 'en' ? [] : known);
  }
});

test('every code of a problem document has a Chinese sentence; the English one is the relay’s own', () => {
  const sentences = failureSentences['zh-CN'] ?? {};
  expect(problemCodes.filter((code) => !CHINESE.test(sentences[code] ?? ''))).toEqual([]);
});

test('no sentence is left of a word that the wire does not have', () => {
  const here = ['unreachable', 'not_a_relay', 'malformed'];
  const sentences = Object.keys(failureSentences['zh-CN'] ?? {});
  expect(sentences.filter((code) => ![...here, ...problemCodes].includes(code))).toEqual([]);
  const said = (words: object) => Object.keys(words).sort();
  expect(said(outcomeWords().reason)).toEqual(wordsOfType('Reason').sort());
  expect(said(specProblemWords())).toEqual(wordsOfType('SpecProblemCode').sort());
  expect(said(skipWords())).toEqual(wordsOfType('SkipReason').sort());
  expect(said(holdWords().halt)).toEqual(wordsOfType('HaltCode').sort());
  expect(said(holdWords().readOnly)).toEqual(wordsOfType('ReadOnlyCode').sort());
});
