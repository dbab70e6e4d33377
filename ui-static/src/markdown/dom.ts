// The one place where a document becomes part of the page. Only what is listed here is built, with
// `createElement` and `textContent`; there is no HTML string anywhere, so nothing can be smuggled in
// one. The tree is not trusted, although our own worker made it.

import { documentWords } from '../words/document';
import type { Element as TreeElement, Tree } from './tree';

export interface Surroundings {
  /** Where a link inside the project leads in this page; null when it leads nowhere. */
  internalHref(href: string): string | null;
  /** The address of an image of the spec's folder; null for any other: those are not fetched. */
  image(src: string): Promise<string> | null;
}

/** Elements without attributes of their own, as they are. */
const PLAIN = new Set([
  'p',
  'ul',
  'li',
  'blockquote',
  'strong',
  'em',
  's',
  'code',
  'br',
  'hr',
  'table',
  'thead',
  'tbody',
  'tr',
]);

/** How deep a document may nest until the rest is shown flat. */
const DEPTH_MAX = 100;

export function buildNode(tree: Tree, around: Surroundings, depth = 0): Node {
  if (typeof tree === 'string') return document.createTextNode(tree);
  const { tag } = tree;
  if (depth > DEPTH_MAX) return document.createTextNode('…');
  if (tag === 'input') return taskBox(tree);
  if (tag === 'img') return image(tree, around);
  const element = emptyElement(tree, around);
  for (const child of tree.children ?? []) {
    element.append(buildNode(child, around, depth + 1));
  }
  if (tag === 'pre' || tag === 'table') return scrolling(element, tree);
  // Room for what the page puts beside a heading: inside, it would be part of its name.
  if (element.id !== '') return wrapped('heading', element);
  return element;
}

function wrapped(name: string, element: HTMLElement): HTMLElement {
  const wrapper = document.createElement('div');
  wrapper.className = name;
  wrapper.append(element);
  return wrapper;
}

function emptyElement(tree: TreeElement, around: Surroundings): HTMLElement {
  const { tag, attributes = {} } = tree;
  if (/^h[1-6]$/.test(tag)) return heading(tag, attributes['id']);
  if (tag === 'a') return link(attributes, around);
  if (tag === 'th' || tag === 'td') {
    const cell = document.createElement(tag);
    if (/^(center|right)$/.test(attributes['align'] ?? ''))
      cell.className = attributes['align'] ?? '';
    return cell;
  }
  if (tag === 'ol') {
    const list = document.createElement('ol');
    if (/^\d{1,9}$/.test(attributes['start'] ?? '')) list.start = Number(attributes['start']);
    return list;
  }
  if (tag === 'pre') return document.createElement('pre');
  if (tag === 'span') {
    const span = document.createElement('span');
    if (/^hljs-[a-z-]+$/.test(attributes['class'] ?? ''))
      span.className = attributes['class'] ?? '';
    return span;
  }
  if (tag === 'li' && 'task' in attributes) {
    const item = document.createElement('li');
    item.className = 'task';
    return item;
  }
  // What is not known keeps its text and loses everything else.
  return document.createElement(PLAIN.has(tag) ? tag : 'span');
}

/** The page has one `h1`, the title; a document's own starts below it. */
function heading(tag: string, id: string | undefined): HTMLElement {
  const element = document.createElement(tag === 'h1' ? 'h2' : tag);
  if (id !== undefined && /^h-[^\s"'<>]{1,200}$/u.test(id)) element.id = id;
  return element;
}

function link(attributes: Record<string, string>, around: Surroundings): HTMLElement {
  const href = attributes['href'] ?? '';
  const external = externalHref(href);
  const target = external ?? around.internalHref(href);
  if (target === null) {
    const dead = document.createElement('span');
    dead.className = 'dead-link';
    dead.title = documentWords().notHere(href);
    return dead;
  }
  const anchor = document.createElement('a');
  anchor.href = target;
  if (attributes['title']) anchor.title = attributes['title'];
  if (external !== null) {
    anchor.rel = 'noopener noreferrer nofollow';
    anchor.target = '_blank';
  }
  return anchor;
}

/** An address outside, when it is of a kind that can do no harm; null for any other. */
export function externalHref(href: string): string | null {
  if (!/^(https?:\/\/|mailto:)/i.test(href)) return null;
  try {
    const url = new URL(href);
    return ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

function taskBox(tree: TreeElement): HTMLElement {
  const box = document.createElement('input');
  box.type = 'checkbox';
  box.disabled = true;
  box.checked = 'checked' in (tree.attributes ?? {});
  box.setAttribute('aria-label', tree.attributes?.['label'] || documentWords().task);
  return box;
}

/** A placeholder with the image's name, in which an image of the spec's own folder appears. */
function image(tree: TreeElement, around: Surroundings): HTMLElement {
  const { src = '', alt = '' } = tree.attributes ?? {};
  const place = document.createElement('span');
  place.className = 'image';
  place.textContent = documentWords().image(alt || src);
  place.title = src;
  around
    .image(src)
    ?.then((url) => {
      if (!url.startsWith('blob:')) return;
      const picture = document.createElement('img');
      picture.alt = alt;
      picture.src = url;
      place.replaceChildren(picture);
      place.className = 'image loaded';
    })
    .catch(() => undefined);
  return place;
}

/** Wide code and tables scroll inside themselves, reachable by keyboard. */
function scrolling(element: HTMLElement, tree: TreeElement): HTMLElement {
  const frame = document.createElement('div');
  frame.className = tree.tag === 'pre' ? 'code' : 'wide';
  frame.tabIndex = 0;
  frame.setAttribute('role', 'region');
  const language = tree.attributes?.['data-language'] ?? '';
  const words = documentWords();
  frame.setAttribute('aria-label', tree.tag === 'pre' ? words.code(language) : words.table);
  if (/^[\w+#.-]{1,20}$/.test(language)) frame.dataset['language'] = language;
  frame.append(element);
  // Buttons beside code must not scroll with it.
  return tree.tag === 'pre' ? wrapped('listing', frame) : frame;
}
