// The only importer of markdown-it: untrusted Markdown becomes a tree. Runs in the worker. What may
// stand in the page is decided once more, in dom.ts.

import MarkdownIt from 'markdown-it';

import { withoutFrontmatter } from './frontmatter';
import { highlighted } from './highlight';
import { type Element, textOf, type Tree } from './tree';

const markdown = new MarkdownIt({ html: false, linkify: true, typographer: false });

/** Deeper than this the parser leaves out what is inside (its `maxNesting`). */
const DEPTH_MAX = 100;

/** A document nested so deep that part of it would be missing: its plain text says all. */
export class TooDeep extends Error {}

type Token = ReturnType<typeof markdown.parse>[number];

/** The first line of what stands in an element, counted from 0 in the text that was parsed. */
type Lines = WeakMap<Element, number>;

/**
 * The blocks of a document, in order.
 *
 * @throws {TooDeep} when it cannot be shown whole.
 */
export function parseDocument(text: string): Tree[] {
  const root: Element = { tag: 'root', children: [] };
  const body = withoutFrontmatter(text);
  const lines: Lines = new WeakMap();
  // A byte-order mark would keep the first line from being a heading.
  const tokens = markdown.parse(body.replace(/^\uFEFF/, ''), {});
  if (isTooDeep(tokens)) throw new TooDeep('nested too deep');
  grow(root, tokens, lines);
  const head = text.slice(0, text.length - body.length).match(/\r\n|\r|\n/g)?.length ?? 0;
  const source = body.split(/\r\n|\r|\n/);
  finish(root, { ids: new Map(), lines, source, firstLine: head + 1 }, 0);
  return root.children ?? [];
}

function isTooDeep(tokens: readonly Token[]): boolean {
  return tokens.some(({ level, children }) => level >= DEPTH_MAX - 1 || isTooDeep(children ?? []));
}

/** Adds what the tokens say to an element; the tokens open and close, the tree nests. */
function grow(root: Element, tokens: Token[], lines: Lines): void {
  const open: Element[] = [root];
  for (const token of tokens) {
    const parent = open.at(-1) ?? root;
    if (token.nesting === 1) {
      const element: Element = { tag: token.hidden ? 'tight' : token.tag, children: [] };
      const attributes = attributesOf(token);
      if (attributes) element.attributes = attributes;
      // The cells of a table have no lines of their own.
      if (token.tag === 'tr' && token.map) lines.set(element, token.map[0]);
      open.push(element);
    } else if (token.nesting === -1) {
      const done = open.length > 1 ? open.pop() : undefined;
      if (done) add(open.at(-1) ?? root, done, lines);
    } else {
      leaf(parent, token, lines);
    }
  }
}

/** A paragraph of a tight list is no paragraph: its text stands in the item itself. */
function add(parent: Element, child: Element, lines: Lines): void {
  const children = (parent.children ??= []);
  const line = lines.get(child);
  if (child.tag !== 'tight') children.push(child);
  else {
    if (children.length === 0 && line !== undefined) lines.set(parent, line);
    children.push(...(child.children ?? []));
  }
}

function leaf(parent: Element, token: Token, lines: Lines): void {
  const children = (parent.children ??= []);
  switch (token.type) {
    case 'inline':
      if (token.map) lines.set(parent, token.map[0]);
      grow(parent, token.children ?? [], lines);
      return;
    case 'text':
      children.push(token.content);
      return;
    case 'softbreak':
      children.push('\n');
      return;
    case 'hardbreak':
      children.push({ tag: 'br' });
      return;
    case 'hr':
      children.push({ tag: 'hr' });
      return;
    case 'code_inline':
      children.push({ tag: 'code', children: [token.content] });
      return;
    case 'fence':
    case 'code_block':
      children.push(codeBlock(token.content, token.info.trim().split(/\s+/)[0] ?? ''));
      return;
    case 'image':
      children.push({
        tag: 'img',
        attributes: { src: String(token.attrGet('src') ?? ''), alt: token.content },
      });
      return;
    default:
      // Anything that a plugin or a newer version may add is shown as what it is: text.
      if (token.content) children.push(token.content);
  }
}

function attributesOf(token: Token): Record<string, string> | null {
  const kept: Record<string, string> = {};
  for (const name of ['href', 'title', 'start']) {
    const value = token.attrGet(name);
    if (value !== null) kept[name] = String(value);
  }
  const align = /text-align:\s*(left|center|right)/.exec(String(token.attrGet('style') ?? ''));
  if (align?.[1]) kept['align'] = align[1];
  return Object.keys(kept).length > 0 ? kept : null;
}

function codeBlock(source: string, language: string): Element {
  const code: Element = { tag: 'code', children: highlighted(source, language) };
  const pre: Element = { tag: 'pre', children: [code] };
  if (language) pre.attributes = { 'data-language': language };
  return pre;
}

/** What the second pass must know. */
interface Finishing {
  ids: Map<string, number>;
  lines: Lines;
  /** The lines that were parsed. */
  source: readonly string[];
  /** Line of the file, counted from 1, on which the parsed text begins. */
  firstLine: number;
}

/** Second pass: ids of headings, task boxes, and the lines of links, from a line counted from 0. */
function finish(element: Element, around: Finishing, above: number): void {
  let line = around.lines.get(element) ?? above;
  for (const child of element.children ?? []) {
    if (typeof child === 'string') {
      // Inside a paragraph the source's line breaks stand as they were.
      line += child === '\n' ? 1 : 0;
      continue;
    }
    if (/^h[1-6]$/.test(child.tag)) child.attributes = { id: headingId(textOf(child), around.ids) };
    if (child.tag === 'li') markTask(child, around);
    if (child.tag === 'a' || child.tag === 'img') {
      child.attributes = { ...child.attributes, line: String(line + around.firstLine) };
    }
    if (child.tag === 'br') line += 1;
    finish(child, around, line);
  }
}

/** `Design & Plan` → `h-design-plan`; prefixed, so that no document can take a name of the page. */
function headingId(text: string, ids: Map<string, number>): string {
  const words = text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim();
  const slug = words.replace(/\s+/g, '-') || 'heading';
  const before = ids.get(slug) ?? 0;
  ids.set(slug, before + 1);
  return before === 0 ? `h-${slug}` : `h-${slug}-${before}`;
}

/** An item that begins with `[ ]` or `[x]` gets a box in place of the brackets. */
function markTask(item: Element, { lines, source, firstLine }: Finishing): void {
  const first = item.children?.[0];
  const holder = typeof first === 'object' && first.tag === 'p' ? first : item;
  const text = holder.children?.[0];
  if (typeof text !== 'string') return;
  const match = /^\[([ xX])\](\s+|$)/.exec(text);
  if (!match || !holder.children) return;
  const rest = text.slice(match[0].length);
  holder.children[0] = rest;
  const own = holder.children.filter((c) => typeof c === 'string' || !/^[uo]l$/.test(c.tag));
  const label = own.map(textOf).join('').trim();
  const attributes: Record<string, string> = { label };
  const line = lines.get(holder);
  // LeanSpec knows no other box, and can tick no other.
  const isKnown = line !== undefined && /^\s*- \[[ xX]\]/.test(source[line] ?? '');
  if (isKnown) attributes['line'] = String(line + firstLine);
  if (match[1] !== ' ') attributes['checked'] = '';
  const box: Element = { tag: 'input', attributes };
  holder.children.unshift(box);
  item.attributes = { ...item.attributes, task: '' };
}
