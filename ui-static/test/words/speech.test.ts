import { afterEach, describe, expect, test } from 'vitest';

import { catalog, counted, languageFor, speech } from '../../src/words/speech.svelte';

afterEach(() => {
  speech.language = 'en';
});

describe('the language of the page', () => {
  test.each([
    [['en-GB', 'zh'], 'en'],
    [['de', 'zh-TW', 'en'], 'zh-CN'],
    [['zh-Hans-CN'], 'zh-CN'],
    [['de', 'fr'], 'en'],
    [[], 'en'],
  ])('for %j is %s', (wanted, language) => {
    expect(languageFor(wanted)).toBe(language);
  });

  test('decides which words are said, also after a change of it', () => {
    const words = catalog(
      { hello: 'Hello', specs: (count: number) => counted(count, 'spec') },
      { hello: '你好', specs: (count) => `${count} 个规格` },
    );
    expect(words().specs(1)).toBe('1 spec');
    expect(words().specs(1200)).toBe('1,200 specs');
    speech.language = 'zh-CN';
    expect(words().hello).toBe('你好');
    expect(words().specs(2)).toBe('2 个规格');
  });
});
