// How this browser wants the page: kept in its local storage, applied to the document. Nothing here
// is secret and nothing here reaches a relay.

import { type Language, languageFor, LANGUAGES, speech } from '../words/speech.svelte';

export interface Preferences {
  theme: 'system' | 'light' | 'dark';
  language: 'system' | Language;
  /** Whether single letters are keys (WCAG 2.1.4: they can be switched off). */
  letterKeys: boolean;
  /** Pages of 200 rows instead of a list that is only there where it is looked at. */
  plainList: boolean;
  /** Hue of a machine's colour in degrees, by machine id, where somebody chose it. */
  hues: Record<string, number>;
}

const PLACE = 'leanspec.preferences';
const DEFAULTS: Preferences = {
  theme: 'system',
  language: 'system',
  letterKeys: true,
  plainList: false,
  hues: {},
};

/** What a text holds of preferences; everything unknown or wrong is left out. */
export function readPreferences(text: string | null): Preferences {
  const read = { ...DEFAULTS, hues: {} as Record<string, number> };
  let given: unknown;
  try {
    given = JSON.parse(text ?? '{}');
  } catch {
    return read;
  }
  if (typeof given !== 'object' || given === null) return read;
  const { theme, language, letterKeys, plainList, hues } = given as Record<string, unknown>;
  if (theme === 'light' || theme === 'dark') read.theme = theme;
  if (typeof language === 'string' && Object.hasOwn(LANGUAGES, language)) {
    read.language = language as Language;
  }
  if (typeof letterKeys === 'boolean') read.letterKeys = letterKeys;
  if (typeof plainList === 'boolean') read.plainList = plainList;
  for (const [machine, hue] of Object.entries(hues ?? {})) {
    if (typeof hue === 'number' && hue >= 0 && hue < 360) read.hues[machine] = hue;
  }
  return read;
}

class Preferring {
  now: Preferences = $state.raw(readPreferences(stored()));

  set(change: Partial<Preferences>): void {
    this.now = { ...this.now, ...change };
    try {
      localStorage.setItem(PLACE, JSON.stringify(this.now));
    } catch {
      // A private window, or storage switched off: it lasts until the page is closed.
    }
    this.apply();
  }

  /** Makes the document look and speak as wanted, and follows other tabs; once, at the start. */
  run(): void {
    this.apply();
    window.addEventListener('storage', (event) => {
      if (event.key !== PLACE) return;
      this.now = readPreferences(event.newValue);
      this.apply();
    });
  }

  private apply(): void {
    const { theme, language } = this.now;
    speech.language = language === 'system' ? languageFor(navigator.languages) : language;
    document.documentElement.lang = speech.language;
    document.documentElement.style.colorScheme = theme === 'system' ? '' : theme;
  }
}

function stored(): string | null {
  try {
    return localStorage.getItem(PLACE);
  } catch {
    return null;
  }
}

export const preferences = new Preferring();
