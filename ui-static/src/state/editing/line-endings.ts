// A text field knows only "\n". This gives a file its own line endings back, so that saving changes
// the lines that were typed in and no others. Pure.

interface Line {
  text: string;
  ending: string;
}

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  const ending = /\r\n|\r|\n/g;
  let start = 0;
  for (let match = ending.exec(text); match; match = ending.exec(text)) {
    lines.push({ text: text.slice(start, match.index), ending: match[0] });
    start = ending.lastIndex;
  }
  lines.push({ text: text.slice(start), ending: '' });
  return lines;
}

/** The text as a text field shows it. */
export function forTyping(text: string): string {
  return text.replace(/\r\n|\r/g, '\n');
}

/** The ending that most lines have. */
function usual(lines: readonly Line[]): string {
  const counts = new Map<string, number>();
  for (const { ending } of lines) {
    if (ending !== '') counts.set(ending, (counts.get(ending) ?? 0) + 1);
  }
  const [most] = [...counts].sort((left, right) => right[1] - left[1]);
  return most?.[0] ?? '\n';
}

/** What was typed over `original`, with the endings of the lines that stayed, and its usual one. */
export function withEndings(typed: string, original: string): string {
  const old = linesOf(original);
  if (old.every(({ ending }) => ending === '\n' || ending === '')) return typed;
  const lines = linesOf(typed);
  const shorter = Math.min(old.length, lines.length);
  let head = 0;
  while (head < shorter && lines[head]?.text === old[head]?.text) head += 1;
  let tail = 0;
  while (tail < shorter - head && lines.at(-1 - tail)?.text === old.at(-1 - tail)?.text) tail += 1;
  const common = usual(old);
  return lines
    .map(({ text, ending }, index) => {
      const fromEnd = lines.length - index;
      const kept =
        index < head ? old[index] : fromEnd <= tail ? old[old.length - fromEnd] : undefined;
      return text + (ending === '' ? '' : kept?.ending || common);
    })
    .join('');
}
