// The language of the page and how its words are looked up. Words stand beside the part that says
// them, each message in every language in one place, so that a chunk carries what it needs and a
// message that lacks a translation is a type error. A library for translations would bring its own
// runtime and every message into the first load.

export const LANGUAGES = { en: 'English', 'zh-CN': '简体中文' } as const;
export type Language = keyof typeof LANGUAGES;

/** The language that relays and machines speak. */
export const WIRE_LANGUAGE: Language = 'en';

/** The best of our languages for what the browser asks for, e.g. `['zh-TW', 'en']`. */
export function languageFor(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const main = tag.toLowerCase().split('-')[0];
    if (main === 'zh') return 'zh-CN';
    if (main === 'en') return 'en';
  }
  return 'en';
}

class Speech {
  language: Language = $state(languageFor(globalThis.navigator?.languages ?? []));
}

/** What is spoken now. Reading `language` in a template follows a change of it. */
export const speech = new Speech();

/** Texts, functions that make texts, and groups of them. */
export type Words = { readonly [name: string]: string | ((...of: never[]) => string) | Words };
type Translated<W> = {
  readonly [Name in keyof W]: W[Name] extends string
    ? string
    : W[Name] extends (...of: infer Of) => string
      ? (...of: Of) => string
      : Translated<W[Name]>;
};

/** The words of one part of the page: `const words = catalog(en, zh)`, then `words().title`. */
export function catalog<const W extends Words>(en: W, zh: Translated<W>): () => Translated<W> {
  return () => (speech.language === 'zh-CN' ? zh : (en as unknown as Translated<W>));
}

/** English "1 spec", "2 specs"; Chinese has one form and needs no such thing. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${new Intl.NumberFormat('en').format(count)} ${count === 1 ? one : many}`;
}
