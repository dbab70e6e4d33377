// The wire's types by their short names. They are generated from the relay's OpenAPI document
// (`npm run codegen`), so that a change of the protocol is a type error here, not a surprise.

import type { components } from './types.gen';

type Schemas = components['schemas'];
/** The members that are known by name. */
type Named<T> = { [Name in keyof T as string extends Name ? never : Name]: T[Name] };

export type Machine = Schemas['Machine'];
export type Project = Schemas['Project'];
export type Summary = Schemas['Summary'];
export type Spec = Schemas['Spec'];
export type SpecFile = Schemas['SpecFile'];
export type SpecProblem = Schemas['SpecProblem'];
export type Me = Schemas['Me'];
export type KeyInfo = Schemas['KeyInfo'];
export type NewKey = Schemas['NewKey'];
export type Problem = Schemas['Problem'];
export type Hello = Schemas['Hello'];
export type Base = Schemas['Base'];
export type Change = Schemas['Change'];
/** What is to be changed. */
export type Edit = Schemas['Edit'];
/** What is posted, whole. */
export type NewCommand = Edit & { base: Base | null; force: boolean };
/** What came of a command; members that do not apply are absent. */
export type Outcome = Partial<Schemas['Outcome']>;
export type Command = Omit<Named<Schemas['Command']>, 'outcome'> & {
  outcome?: Outcome | null;
  /** The members that the type brings. */
  [member: string]: unknown;
};
/** A command that ended. */
export type ActivityEntry = Omit<Named<Schemas['ActivityEntry']>, 'outcome'> & { outcome: Outcome };
export type MachineGone = Schemas['MachineGone'];
export type ProjectGone = Schemas['ProjectGone'];
export type SpecGone = Schemas['SpecGone'];

/** Fields of a frontmatter, as JSON; null = absent. */
export type Fields = Record<string, unknown>;

/** A place in the account's history, `<seq>.<tag>`. Only `seq` is ever compared. */
export interface Cursor {
  /** Number of the event; grows, is never used twice. */
  seq: number;
  /** As it travels. */
  text: string;
}

/** What the feed tells of the state: one event that moves the cursor. */
export type FeedEvent =
  | { kind: 'machine'; machine: Machine }
  | { kind: 'machine_gone'; gone: MachineGone }
  | { kind: 'project'; project: Project }
  | { kind: 'project_gone'; gone: ProjectGone }
  | { kind: 'spec'; spec: Spec }
  | { kind: 'spec_gone'; gone: SpecGone }
  | { kind: 'command'; command: Command };
