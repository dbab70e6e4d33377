// Texts that cost more than they weigh, and one whose characters no editor shows: made, not kept.

const HEAD = "---\nstatus: planned\ncreated: '2026-11-01'\n---\n\n";

const range = (count, make) => Array.from({ length: count }, (_, index) => make(index));

const BODIES = {
  'nested-quotes': `${'>'.repeat(3000)} deep`,
  'nested-lists': range(300, (depth) => `${'  '.repeat(depth)}- x`).join('\n'),
  'nested-brackets': `${'['.repeat(5000)}x${']'.repeat(5000)}(javascript:window.__pwned=1)`,
  'nested-emphasis': '*a **b '.repeat(8000),
  'emphasis-that-backtracks': 'a*_'.repeat(20_000),
  'many-backticks': range(400, (count) => '`'.repeat(count)).join(' '),
  'many-links': '[a](b) '.repeat(5000),
  'many-entities': '&'.repeat(60_000),
  'many-angle-brackets': '<!--'.repeat(9000) + '<a '.repeat(9000),
  'references-that-grow': [
    ...range(3000, (index) => `[${index}]: <javascript:window.__pwned=${index}>`),
    range(3000, (index) => `[${index}]`).join(' '),
  ].join('\n'),
  'one-long-line': 'x'.repeat(400_000),
  'one-wide-table': [
    '|' + 'a|'.repeat(3000),
    '|' + '-|'.repeat(3000),
    ...range(20, () => '|' + 'b|'.repeat(3000)),
  ].join('\n'),
  'code-that-backtracks': [
    fenced('typescript', `/*${'*'.repeat(9000)}\n"${'\\\\'.repeat(4500)}`),
    fenced('bash', '$('.repeat(4000)),
    fenced('css', `a${':not('.repeat(3000)}`),
  ].join('\n\n'),
  'diagram-endless': fenced(
    'mermaid',
    `flowchart LR\n${range(400, (n) => `  a${n} --> a${(n * 7919) % 400} & a${(n * 31) % 400}`).join('\n')}`,
  ),
  'control-characters':
    'a \x01\x02\x08 \x1b[31mred\x1b[0m \x85 \u2028\u2029\ufffe ' +
    '\u{e0041}\u{e0042} \u202e<tpircs>1=denwp__.wodniw<tpircs/>\u202c',
};

function fenced(language, code) {
  return `\`\`\`${language}\n${code}\n\`\`\``;
}

function titled(name) {
  return name === 'title-very-long' ? 'W'.repeat(30_000) : name;
}

/** Name → the text of a spec. */
export const HUGE = Object.fromEntries(
  Object.entries({ ...BODIES, 'title-very-long': 'Text.' }).map(([name, body]) => [
    name,
    `${HEAD}# ${titled(name)}\n\n${body}\n\n## The end\n`,
  ]),
);
