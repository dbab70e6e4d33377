import { afterEach, expect, test } from 'vitest';

import { speech } from '../../src/words/speech.svelte';
import { catalogs, sentences } from './catalogs';

afterEach(() => {
  speech.language = 'en';
});

const CHINESE = /\p{Script=Han}/u;
const LATIN_WORD = /[A-Za-z]{2,}/;

/** What is written the same way everywhere. */
const SAME_IN_BOTH = new Set(['doctor.ts doctorWords speed']);

test('there are catalogs to look at', () => {
  expect(catalogs.length).toBeGreaterThan(25);
});

test.each(catalogs)('%s says everything in Chinese too', (name, catalog) => {
  speech.language = 'en';
  const english = sentences(catalog()).map(([key]) => key);
  speech.language = 'zh-CN';
  const chinese = sentences(catalog());
  expect(chinese.map(([key]) => key)).toEqual(english);
  const left = chinese.filter(
    ([key, said]) =>
      LATIN_WORD.test(said) && !CHINESE.test(said) && !SAME_IN_BOTH.has(`${name} ${key}`),
  );
  expect(left).toEqual([]);
});
