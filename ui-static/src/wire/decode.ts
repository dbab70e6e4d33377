// From JSON to the wire's types. Fields and words that a newer relay added pass through; what lacks
// the fields that this UI stands on is dropped (null) rather than half shown.

import type {
  Command,
  Cursor,
  FeedEvent,
  Hello,
  Machine,
  MachineGone,
  Problem,
  Project,
  ProjectGone,
  Spec,
  SpecGone,
} from './types';

type Members = Record<string, unknown>;

function members(value: unknown): Members | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Members)
    : null;
}

/** The value with its type, when all the named members are texts. */
function withTexts<T>(value: unknown, ...names: (keyof T & string)[]): T | null {
  const found = members(value);
  return found && names.every((name) => typeof found[name] === 'string') ? (found as T) : null;
}

function list<T>(value: unknown, member: string, decode: (item: unknown) => T | null): T[] | null {
  const items = members(value)?.[member];
  return Array.isArray(items) ? items.map(decode).filter((item) => item !== null) : null;
}

export function decodeCursor(text: string | null): Cursor | null {
  const match = /^(\d{1,15})\.[A-Za-z0-9]{1,32}$/.exec(text ?? '');
  return match ? { seq: Number(match[1]), text: match[0] } : null;
}

export function decodeMachine(value: unknown): Machine | null {
  return withTexts<Machine>(value, 'id', 'name', 'last_seen');
}

export function decodeProject(value: unknown): Project | null {
  return withTexts<Project>(value, 'id', 'machine', 'name', 'state');
}

export function decodeSpec(value: unknown): Spec | null {
  const spec = withTexts<Spec>(value, 'machine', 'project', 'path');
  if (!spec || !members(spec.summary) || !Array.isArray(spec.files)) return null;
  const files = spec.files.filter((file) => withTexts(file, 'path', 'hash') !== null);
  return { ...spec, files };
}

export function decodeCommand(value: unknown): Command | null {
  const command = withTexts<Command>(value, 'id', 'machine', 'project', 'state', 'type');
  return command && members(command.by) ? command : null;
}

export const decodeMachines = (value: unknown) => list(value, 'machines', decodeMachine);
export const decodeProjects = (value: unknown) => list(value, 'projects', decodeProject);
export const decodeCommands = (value: unknown) => list(value, 'commands', decodeCommand);
export const decodeSpecs = (value: unknown) => list(value, 'specs', decodeSpec);

export function decodeProblem(value: unknown): Problem | null {
  return withTexts<Problem>(value, 'code', 'title', 'detail');
}

export function decodeHello(value: unknown): Hello | null {
  const hello = withTexts<Hello>(value, 'time');
  return hello && hello.heartbeat_s > 0 ? hello : null;
}

/** JSON of a text from outside; undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An event of the feed; null for one that this version does not know. */
export function decodeEvent(name: string, data: unknown): FeedEvent | null {
  switch (name) {
    case 'machine': {
      const machine = decodeMachine(data);
      return machine && { kind: 'machine', machine };
    }
    case 'machine_gone': {
      const gone = withTexts<MachineGone>(data, 'id');
      return gone && { kind: 'machine_gone', gone };
    }
    case 'project': {
      const project = decodeProject(data);
      return project && { kind: 'project', project };
    }
    case 'project_gone': {
      const gone = withTexts<ProjectGone>(data, 'machine', 'id');
      return gone && { kind: 'project_gone', gone };
    }
    case 'spec': {
      const spec = decodeSpec(data);
      return spec && { kind: 'spec', spec };
    }
    case 'spec_gone': {
      const gone = withTexts<SpecGone>(data, 'machine', 'project', 'path');
      return gone && { kind: 'spec_gone', gone };
    }
    case 'command': {
      const command = decodeCommand(data);
      return command && { kind: 'command', command };
    }
    default:
      return null;
  }
}
