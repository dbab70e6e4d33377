// Who may change what, said before the user tries. Pure. The bridge decides; this only tells.

import type { Machine, Project, Summary } from '../../wire/types';
import { mayWords } from '../../words/edits';
import { linkWords } from '../../words/link';
import { ago, presence } from '../freshness';
import { haltSaying, inline, readOnlySaying } from '../project-saying';

export type Kind = 'frontmatter' | 'tasks' | 'content' | 'create';

export interface Circumstances {
  /** What the key may do: `view`, `edit`, `admin`. */
  scope: string;
  machine: Machine | null;
  project: Project | null;
  /** The relay is not connected. */
  away: boolean;
  /** When what is shown was last known to be so, while it is this device's copy; else null. */
  savedAt: number | null;
  /** By the relay's clock, in milliseconds since 1970. */
  now: number;
}

/** Why nobody may change anything here from this page; null when something may be. */
export function lockedWhy(around: Circumstances): string | null {
  const { scope, machine, project, savedAt, now } = around;
  const words = mayWords();
  if (savedAt !== null) {
    return linkWords().savedEditsOff(ago(savedAt, now));
  }
  if (scope === 'view') return words.viewKey;
  if (!machine || !project) return words.noProject;
  const readOnly = readOnlySaying(project);
  if (readOnly) return words.readOnly(inline(readOnly));
  if (project.state === 'halted') {
    const why = haltSaying(project);
    return words.halted(machine.name, why ? inline(why) : words.seeBridge);
  }
  return null;
}

/** Why this kind of change is not possible here; null when it is. */
export function refusedWhy(kind: Kind, around: Circumstances): string | null {
  const locked = lockedWhy(around);
  if (locked !== null) return locked;
  const { machine, project } = around;
  if (project?.allow.includes(kind)) return null;
  const words = mayWords();
  return words.notAllowed(machine?.name ?? '', words.kind[kind], kind);
}

/** Troubles of a frontmatter that no program can edit safely. */
const UNEDITABLE = ['unclosed_frontmatter', 'malformed_yaml', 'duplicate_key', 'invalid_utf8'];

/** Why this frontmatter cannot be edited; null when it can. */
export function uneditableWhy(summary: Summary): string | null {
  const problem = summary.problems?.find(({ code }) => UNEDITABLE.includes(code));
  if (!problem) return null;
  return mayWords().uneditable(problem.line ?? null);
}

/** What to know before changing something: that it will wait. Null when it will not. */
export function waitsWhy({ machine, away, now }: Circumstances): string | null {
  if (machine === null || machine.online || away) return null;
  const { words } = presence(machine, now);
  return mayWords().waits(machine.name, words);
}
