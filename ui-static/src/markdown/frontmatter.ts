// Where the text of a file begins. Apart from the parser, which is too large to load for this alone.

/** The text without its frontmatter block: that is shown as metadata. */
export function withoutFrontmatter(text: string): string {
  const match = /^\uFEFF?---[ \t]*\r?\n[\s\S]*?\r?\n---[^\n]*(\r?\n|$)/.exec(text);
  return match ? text.slice(match[0].length) : text;
}
