// The life of one edit, from the tap to what the machine made of it. Pure: what happens comes as
// events, the moment "now" among them. Sending and hearing is the ledger's.
//
//   sending ─▶ taken ─▶ applied ─▶ confirmed
//      │         │ └▶ unknown ─▶ (whatever is heard)
//      ▼         ▼
//    unsent    conflict | refused | failed | expired | withdrawn

import type { Base, Command, Edit as Change, NewCommand } from '../../wire/types';

export type Phase =
  /** On its way to the relay. */
  | 'sending'
  /** The relay holds it; the machine has not said what came of it. */
  | 'taken'
  /** The machine is there and says nothing: nobody here knows. */
  | 'unknown'
  /** The machine did it; its new bytes are not shown yet. */
  | 'applied'
  /** Done, and shown. */
  | 'confirmed'
  /** The relay was not reached; sending again is the same command. */
  | 'unsent'
  | 'conflict'
  | 'refused'
  | 'failed'
  | 'expired'
  | 'withdrawn';

export interface Edit {
  /** The idempotency key of an edit made here; the id of a command made elsewhere. */
  key: string;
  machine: string;
  project: string;
  /** The spec it changes; null where it makes one. */
  spec: string | null;
  /** The file it changes, relative to the specs folder; null where that is not known. */
  file: string | null;
  change: Change;
  force: boolean;
  /** Hash of the file as it was shown when the edit was made. */
  seenHash: string | null;
  /** As it is sent, once it was sent: the relay takes no other body with the same key. */
  body: NewCommand | null;
  /** As the relay told it last. */
  command: Command | null;
  phase: Phase;
  /** Why it did not reach the relay, or why the relay did not take it. */
  message: string;
  /** Made in this page, and not by another one of the same account. */
  mine: boolean;
  /** When it was made, in milliseconds since 1970. */
  startedAt: number;
  /** Since when the machine could have answered; null while it cannot. */
  answerableSince: number | null;
  /** When the machine's word came, for those that wait to be shown. */
  appliedAt: number | null;
  /** Hash of the file as the page showed it then: another one is one of later. */
  appliedOver: string | null;
  /** It takes another edit back. */
  undoes: boolean;
  /** It replaces everything, and stands on exactly what was shown: never on an edit not seen. */
  exact: boolean;
}

export type Happening =
  /** It goes out, standing on this. */
  | { kind: 'posted'; base: Base | null }
  /** The relay told of its command: in an answer, or in an event. */
  | { kind: 'heard'; command: Command; shown: string | null; now: number }
  /** No answer came: whether the relay has it is not known. */
  | { kind: 'unsent'; message: string }
  /** The relay answered that it does not take it. */
  | { kind: 'denied'; message: string }
  /** Try to send it once more, as the same command. */
  | { kind: 'retried'; now: number }
  /** The page shows what the machine made of it: see `settledBy` in chain.ts. */
  | { kind: 'shown' }
  /** The page shows what an edit before it made. */
  | { kind: 'passed'; hash: string | null }
  /** Time passes; `answerable` says whether the machine could answer now. */
  | { kind: 'tick'; now: number; answerable: boolean };

/** Silence of a machine that is there, after which nobody knows what became of an edit. */
export const UNKNOWN_AFTER_MS = 15_000;
/** How long the new bytes of an applied edit may be on their way. */
const SHOWN_WITHIN_MS = 5000;

/** Phases in which the page shows the wanted value. */
const PENDING: readonly Phase[] = ['sending', 'taken', 'unknown', 'applied'];
/** Phases that wait for a person's decision. */
const TROUBLED: readonly Phase[] = ['unsent', 'conflict', 'refused', 'failed', 'expired'];

export const isPending = (edit: Edit): boolean => PENDING.includes(edit.phase);
export const isTroubled = (edit: Edit): boolean => TROUBLED.includes(edit.phase);

/** What becomes of an edit when something happens; the same object when nothing does. */
export function next(edit: Edit, happening: Happening): Edit {
  switch (happening.kind) {
    case 'posted':
      if (edit.body !== null) return edit;
      return { ...edit, body: { ...edit.change, base: happening.base, force: edit.force } };
    case 'heard':
      return heard(edit, happening);
    case 'unsent':
      if (edit.phase !== 'sending') return edit;
      return { ...edit, phase: 'unsent', message: happening.message };
    case 'denied':
      if (edit.phase !== 'sending') return edit;
      return { ...edit, phase: 'failed', message: happening.message };
    case 'retried':
      if (edit.phase !== 'unsent') return edit;
      return { ...edit, phase: 'sending', message: '', startedAt: happening.now };
    case 'shown':
      return edit.phase === 'applied' ? { ...edit, phase: 'confirmed' } : edit;
    case 'passed':
      if (edit.phase !== 'applied' || edit.appliedOver === happening.hash) return edit;
      return { ...edit, appliedOver: happening.hash };
    case 'tick':
      return ticked(edit, happening.now, happening.answerable);
  }
}

/** How far a command is; an older word of it never takes a newer one back. */
function rank(command: Command | null): number {
  if (command === null) return 0;
  return command.state === 'queued' ? 1 : command.state === 'delivered' ? 2 : 3;
}

type Heard = Extract<Happening, { kind: 'heard' }>;

function heard(edit: Edit, { command, shown, now }: Heard): Edit {
  if (rank(command) < rank(edit.command)) return edit;
  // Events carry no texts: those that an answer brought are kept.
  const outcome = command.outcome && { ...edit.command?.outcome, ...command.outcome };
  const known = outcome ? { ...command, outcome } : command;
  // Where a new spec stands is known only now.
  const file = edit.file ?? outcome?.file ?? null;
  const spec = edit.spec ?? outcome?.spec ?? null;
  const told: Edit = { ...edit, file, spec, command: known, message: '' };
  switch (command.state) {
    case 'queued':
    case 'delivered':
      if (edit.phase === 'unknown') return told;
      return { ...told, phase: 'taken', answerableSince: edit.answerableSince ?? now };
    case 'applied':
      if (edit.phase === 'confirmed') return told;
      if (edit.phase === 'applied') return told;
      return { ...told, phase: 'applied', appliedAt: now, appliedOver: shown };
    case 'conflict':
    case 'refused':
    case 'expired':
    case 'withdrawn':
      return { ...told, phase: command.state };
    default:
      // Also a word of a newer version: it is final, and not said to be applied.
      return { ...told, phase: 'failed' };
  }
}

function ticked(edit: Edit, now: number, answerable: boolean): Edit {
  if (edit.phase === 'applied') {
    // Its bytes may never be shown here: they were overwritten at once, or nobody looks at them.
    const isLate = edit.appliedAt !== null && now - edit.appliedAt >= SHOWN_WITHIN_MS;
    return isLate ? { ...edit, phase: 'confirmed' } : edit;
  }
  if (edit.phase !== 'taken' && edit.phase !== 'unknown') return edit;
  if (!answerable) {
    if (edit.answerableSince === null) return edit;
    return { ...edit, phase: 'taken', answerableSince: null };
  }
  if (edit.answerableSince === null) return { ...edit, answerableSince: now };
  return now - edit.answerableSince >= UNKNOWN_AFTER_MS ? { ...edit, phase: 'unknown' } : edit;
}

/** What a command changes, without the relay's own members. */
export function changeOf(command: Command): Change {
  const change: Record<string, unknown> = { type: command.type };
  for (const member of MEMBERS) if (member in command) change[member] = command[member];
  return change as unknown as Change;
}

const MEMBERS = [
  ...['spec', 'file', 'fields', 'seen', 'content'],
  ...['line', 'seen_line', 'checked', 'name', 'title', 'template'],
];
