// What this device keeps of a relay, so that a page shows something before the network answers, and
// without a network at all. A copy for reading: nothing is ever written to a machine from it.

import { decodeMachine, decodeProject, decodeSpec } from '../../wire/decode';
import type { Machine, Project, Spec } from '../../wire/types';

/** The first screen of a relay: its machines, their projects. */
export interface SavedRelay {
  origin: string;
  /** The last moment of which it is known that all this was so, in milliseconds since 1970. */
  at: number;
  machines: readonly Machine[];
  projects: readonly Project[];
  /** The same moment for the specs of each project that is kept, by `machine/project`. */
  books: Record<string, number>;
}

/** The specs of one project. */
export interface SavedBook {
  origin: string;
  /** `machine/project`. */
  place: string;
  specs: readonly Spec[];
}

/** The text of a file that was opened, by its hash: right for ever, shown where it is named. */
export interface SavedText {
  origin: string;
  hash: string;
  text: string;
  /** When it was looked at last, in milliseconds since 1970. */
  at: number;
}

/** What is written in one go; members that did not change are absent. */
export interface Parts {
  relay?: Omit<SavedRelay, 'origin'>;
  books: Omit<SavedBook, 'origin'>[];
  texts: Omit<SavedText, 'origin'>[];
}

/** The place where it is kept. Every call may fail: no room, or storage switched off. */
export interface SavedStore {
  relay(origin: string): Promise<SavedRelay | null>;
  book(origin: string, place: string): Promise<SavedBook | null>;
  text(origin: string, hash: string): Promise<string | null>;
  keep(origin: string, parts: Parts): Promise<void>;
  /** Deletes all that is kept of a relay. */
  forget(origin: string): Promise<void>;
}

/** Projects of a relay whose specs are kept: those that were looked at lately. */
export const BOOKS_MAX = 20;
/** Texts kept of a relay, and the longest one, in characters. */
export const TEXTS_MAX = 80;
export const TEXT_MAX_CHARS = 256 * 1024;

const isMember = <T>(item: T | null): item is T => item !== null;

/** As it was written, or null: another version of this page may have had another shape for it. */
export function readRelay(value: unknown): SavedRelay | null {
  const { origin, at, machines, projects, books } = (value ?? {}) as Partial<SavedRelay>;
  if (typeof origin !== 'string' || typeof at !== 'number') return null;
  if (!Array.isArray(machines) || !Array.isArray(projects) || !books) return null;
  return {
    origin,
    at,
    machines: machines.map(decodeMachine).filter(isMember),
    projects: projects.map(decodeProject).filter(isMember),
    books,
  };
}

export function readBook(value: unknown): SavedBook | null {
  const { origin, place, specs } = (value ?? {}) as Partial<SavedBook>;
  if (typeof origin !== 'string' || typeof place !== 'string' || !Array.isArray(specs)) return null;
  return { origin, place, specs: specs.map(decodeSpec).filter(isMember) };
}
