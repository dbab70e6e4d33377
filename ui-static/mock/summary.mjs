// Reads what the mock needs out of a spec's frontmatter. A sketch of what a bridge does, good enough
// to fill the screens; it is no parser to rely on.

const LIST_FIELDS = new Set(['tags', 'depends_on']);

export function summarise(folder, text) {
  const name = folder.split('/').at(-1);
  const match = /^---\r?\n([\s\S]*?)\r?\n---/.exec(text);
  const problems = [];
  const fields = match ? readFields(match[1]) : {};
  if (!match) {
    const code = text.startsWith('---') ? 'unclosed_frontmatter' : 'no_frontmatter';
    problems.push({ code, message: 'The file has no readable frontmatter block.', line: 1 });
  } else if (/^[^\s#-][^:]*$/m.test(match[1])) {
    const line = match[1].split('\n').findIndex((text) => /^[^\s#-][^:]*$/.test(text)) + 2;
    problems.push({
      code: 'malformed_yaml',
      message: 'This line is neither “key: value” nor a list item.',
      line,
    });
  }
  const body = match ? text.slice(match[0].length) : text;
  const boxes = [...body.matchAll(/^\s*[-*] \[([ xX])\]/gm)];
  const moves = (match?.[1] ?? '').matchAll(/^\s+- status: (\S+)\s+at: (\S+)$/gm);
  const transitions = [...moves].map(([, status, at]) => ({ status, at: unquoted(at) }));
  const number = /^\d+/.exec(name)?.[0];
  return {
    ...(number === undefined ? {} : { number: Number(number) }),
    name,
    title: /^# (.+)$/m.exec(body)?.[1].trim() ?? name,
    ...fields,
    ...(transitions.length > 0 ? { transitions } : {}),
    ...(boxes.length > 0
      ? { tasks: { done: boxes.filter((box) => box[1] !== ' ').length, total: boxes.length } }
      : {}),
    ...(problems.length > 0 ? { problems } : {}),
  };
}

function readFields(block) {
  const fields = {};
  let list = null;
  for (const line of block.split(/\r?\n/)) {
    const item = /^\s+- (.+)$/.exec(line);
    if (item && list) fields[list].push(unquoted(item[1]));
    const pair = /^(\w+):\s*(.*)$/.exec(line);
    if (!pair) continue;
    const [, key, value] = pair;
    list = LIST_FIELDS.has(key) ? key : null;
    if (list)
      fields[key] = value.startsWith('[')
        ? value.slice(1, -1).split(',').map(unquoted).filter(Boolean)
        : [];
    else if (value !== '' && KNOWN.has(key)) fields[key] = unquoted(value);
  }
  return fields;
}

const KNOWN = new Set([
  'status',
  'priority',
  'created',
  'created_at',
  'updated_at',
  'completed_at',
  'parent',
  'assignee',
  'due',
]);

function unquoted(text) {
  return text.trim().replace(/^(['"])(.*)\1$/, '$2');
}
