// The hands of the mock's machines: what a bridge does with a command, in a few lines and good enough
// to see every state of the UI. It keeps no style and no promise; the bridge does.

import { createHash } from 'node:crypto';

const STATUSES = ['draft', 'planned', 'in-progress', 'complete', 'archived'];
const PRIORITIES = ['low', 'medium', 'high', 'critical'];

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** What comes of a command on this store: a state and an outcome. */
export function carryOut(store, command, hashLeftBy) {
  const project = store.projects.get(`${command.machine}/${command.project}`);
  const needed = {
    update_frontmatter: 'frontmatter',
    update_content: 'content',
    toggle_task: 'tasks',
    create_spec: 'create',
  }[command.type];
  if (!project.allow.includes(needed)) {
    return refused('not_allowed', `The owner of this machine does not allow "${needed}".`);
  }
  if (command.type === 'create_spec') return create(store, command);
  const file = fileOf(store, command);
  const place = `${command.machine}/${command.project}`;
  const bytes = store.files.get(`${place}/${file}`);
  if (!bytes) return gone(store, command, place);
  const hash = sha256(bytes);
  const base = command.base.after ? hashLeftBy(command.base.after) : command.base.hash;
  if (base === null) {
    return { state: 'conflict', outcome: { reason: 'predecessor', current_hash: hash } };
  }
  const text = bytes.toString();
  if (base !== hash) return conflict(store, command, { base, hash, text });
  const made = EDITS[command.type](text, command);
  if (made.outcome) return made;
  save(store, command, file, made.text);
  const outcome = { file, hash: sha256(Buffer.from(made.text)), changes: made.changes ?? [] };
  return { state: 'applied', outcome };
}

export function fileOf(store, { machine, project, spec, file }) {
  if (file) return file;
  const { files } = store.specs.get(`${machine}/${project}/${spec}`) ?? { files: [] };
  return files.find(({ path }) => path.endsWith('README.md'))?.path ?? `${spec}/README.md`;
}

function save(store, { machine, project, spec }, file, text) {
  store.save(machine, project, spec, file.slice(spec.length + 1), Buffer.from(text));
}

function refused(reason, message, more = {}) {
  return { state: 'refused', outcome: { reason, message, ...more } };
}

function gone(store, { machine, project, spec, base }, place) {
  const moved = [...store.files].find(
    ([path, bytes]) => path.startsWith(`${place}/`) && sha256(bytes) === base.hash,
  );
  const to = moved?.[0].slice(place.length + 1);
  return {
    state: 'conflict',
    outcome: {
      reason: 'gone',
      message: `${spec} is not on ${machine} in ${project} any more.`,
      ...(to ? { moved_to: to } : {}),
    },
  };
}

function conflict(store, command, { base, hash, text }) {
  const before = store.versions.get(base)?.toString() ?? null;
  const now = fieldsOf(text);
  const seen = Object.entries(command.seen ?? {});
  const rebasable =
    command.type === 'update_frontmatter'
      ? seen.every(([field, value]) => same(now[field] ?? null, value))
      : command.type === 'toggle_task' && text.split('\n').includes(command.seen_line);
  return {
    state: 'conflict',
    outcome: {
      reason: 'changed',
      message: 'The file was changed on disk after you looked. Nothing was changed by you.',
      current_hash: hash,
      current: text,
      ...(before === null ? {} : { diff: unified(before, text) }),
      ...(rebasable ? { rebasable } : {}),
    },
  };
}

const same = (left, right) => JSON.stringify(left) === JSON.stringify(right);

const EDITS = {
  update_content: (_, { content }) => ({ text: content }),
  toggle_task(text, { line, seen_line, checked }) {
    const lines = text.split('\n');
    const at = lines[line - 1] === seen_line ? line - 1 : lines.indexOf(seen_line);
    if (at < 0) return refused('no_such_task', 'There is no such task box in the file.');
    lines[at] = lines[at].replace(/\[[ xX]\]/, checked ? '[x]' : '[ ]');
    return { text: lines.join('\n') };
  },
  update_frontmatter(text, { fields, force }) {
    const old = fieldsOf(text);
    const against = ruleAgainst(text, old, fields, force);
    if (against) return against;
    let made = text;
    const changes = [];
    for (const [field, to] of Object.entries(fields)) {
      const from = old[field] ?? null;
      if (same(from, to)) continue;
      changes.push({ field, from, to });
      made = withField(made, field, to);
    }
    const now = new Date().toISOString();
    return { text: withField(made, 'updated_at', now), changes };
  },
};

function ruleAgainst(text, old, { status, priority }, force) {
  const unknown =
    (status && !STATUSES.includes(status) && STATUSES) ||
    (priority && !PRIORITIES.includes(priority) && PRIORITIES);
  const rule = (name, message, details = []) => refused('rule', message, { rule: name, details });
  if (unknown) return rule('known_value', `One of: ${unknown.join(', ')}.`, unknown);
  if (force || !status) return null;
  if (old.status === 'draft' && ['in-progress', 'complete'].includes(status)) {
    return rule('draft_first', 'A draft becomes planned before it is in progress or complete.');
  }
  const open = text
    .split('\n')
    .map((line, index) => [line, index + 1])
    .filter(([line]) => /^\s*- \[ \]/.test(line))
    .map(([line, number]) => `line ${number}: ${line.replace(/^\s*- \[ \]\s*/, '')}`);
  if (status !== 'complete' || open.length === 0) return null;
  return rule('open_tasks', 'LeanSpec completes a spec when all its tasks are done.', open);
}

function fieldsOf(text) {
  const block = /^---\n([\s\S]*?)\n---/.exec(text)?.[1] ?? '';
  const fields = {};
  for (const line of block.split('\n')) {
    const pair = /^(\w+):\s*(.*)$/.exec(line);
    if (!pair) continue;
    const [, key, value] = pair;
    fields[key] = value.startsWith('[')
      ? value
          .slice(1, -1)
          .split(',')
          .map((item) => item.trim())
          .filter(Boolean)
      : value;
  }
  return fields;
}

function withField(text, field, value) {
  const written = Array.isArray(value) ? `[${value.join(', ')}]` : value;
  const line = value === null ? '' : `${field}: ${written}\n`;
  const old = new RegExp(`^${field}:.*\\n`, 'm');
  const end = text.indexOf('\n---', 3) + 1;
  const block = text.slice(0, end);
  const made = old.test(block) ? block.replace(old, () => line) : block + line;
  return made + text.slice(end);
}

function create(store, { machine, project, name, title, fields = {} }) {
  const numbers = [...store.specs.values()]
    .filter((spec) => spec.machine === machine && spec.project === project)
    .map(({ path }) => Number.parseInt(path, 10) || 0);
  const taken = numbers.filter((number) => number < 600);
  const spec = `${String(Math.max(0, ...taken) + 1).padStart(3, '0')}-${name}`;
  const block = { status: 'planned', created: new Date().toISOString().slice(0, 10), ...fields };
  const lines = Object.entries(block).map(([key, value]) => `${key}: ${value}`);
  const text = `---\n${lines.join('\n')}\n---\n\n# ${title ?? name}\n\n## Overview\n\n`;
  const file = `${spec}/README.md`;
  save(store, { machine, project, spec }, file, text);
  return { state: 'applied', outcome: { file, hash: sha256(Buffer.from(text)), spec } };
}

/** One hunk with all that differs: enough for a mock. */
function unified(before, now) {
  const old = before.split('\n');
  const fresh = now.split('\n');
  let head = 0;
  while (head < old.length && old[head] === fresh[head]) head += 1;
  let tail = 0;
  const most = Math.min(old.length, fresh.length) - head;
  while (tail < most && old.at(-1 - tail) === fresh.at(-1 - tail)) tail += 1;
  const from = Math.max(0, head - 3);
  const mark = (sign, lines) => lines.map((line) => sign + line);
  const body = [
    ...mark(' ', old.slice(from, head)),
    ...mark('-', old.slice(head, old.length - tail)),
    ...mark('+', fresh.slice(head, fresh.length - tail)),
    ...mark(' ', old.slice(old.length - tail).slice(0, 3)),
  ];
  const count = (sign) => body.filter((line) => line[0] === sign || line[0] === ' ').length;
  const range = (sign) => `${from + 1},${count(sign)}`;
  return `--- a\n+++ b\n@@ -${range('-')} +${range('+')} @@\n${body.join('\n')}\n`;
}
