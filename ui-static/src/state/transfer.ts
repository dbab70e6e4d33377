// The settings of this page as a file to take along: what somebody chose, and the addresses of the
// relays. Keys are left out: a file is copied, mailed and forgotten in folders. Pure.

import { type Preferences, readPreferences } from './preferences.svelte';

/** What makes a file one of ours. */
const KIND = 'leanspec-settings';
const VERSION = 1;

export interface Settings {
  preferences: Preferences;
  /** Origins of relays. */
  relays: string[];
}

export function exportSettings(preferences: Preferences, relays: readonly string[]): string {
  return `${JSON.stringify({ kind: KIND, version: VERSION, preferences, relays }, null, 2)}\n`;
}

/** What a file holds; null when it is none of ours. What it says wrongly is left out. */
export function importSettings(text: string): Settings | null {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof given !== 'object' || given === null) return null;
  const { kind, preferences, relays } = given as Record<string, unknown>;
  if (kind !== KIND) return null;
  const origins = Array.isArray(relays) ? relays.filter(isOrigin) : [];
  return { preferences: readPreferences(JSON.stringify(preferences ?? {})), relays: origins };
}

function isOrigin(value: unknown): value is string {
  if (typeof value !== 'string' || !/^https?:/.test(value)) return false;
  return URL.canParse(value) && new URL(value).origin === value;
}
