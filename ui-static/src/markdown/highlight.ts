// The only importer of highlight.js (through lowlight, which gives a tree instead of HTML).

import bash from 'highlight.js/lib/languages/bash';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import dockerfile from 'highlight.js/lib/languages/dockerfile';
import ini from 'highlight.js/lib/languages/ini';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import markdown from 'highlight.js/lib/languages/markdown';
import python from 'highlight.js/lib/languages/python';
import rust from 'highlight.js/lib/languages/rust';
import sql from 'highlight.js/lib/languages/sql';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';
import { createLowlight } from 'lowlight';

import type { Tree } from './tree';

// The languages that the code blocks of real specs are written in; the rest stays plain.
const grammars = {
  bash,
  css,
  diff,
  dockerfile,
  ini,
  javascript,
  json,
  markdown,
  python,
  rust,
  sql,
  typescript,
  xml,
  yaml,
};
const lowlight = createLowlight(grammars);

/** A block longer than this is a paste, not something to read; it stays plain. In characters. */
const HIGHLIGHTED_MAX_CHARS = 20_000;

type Highlighted = ReturnType<typeof lowlight.highlight>['children'];

/** Code with the parts of its language named; the plain text for a language that is not known. */
export function highlighted(source: string, language: string): Tree[] {
  const name = language.toLowerCase();
  if (source.length > HIGHLIGHTED_MAX_CHARS || !lowlight.registered(name)) return [source];
  return convert(lowlight.highlight(name, source).children);
}

function convert(nodes: Highlighted): Tree[] {
  return nodes.flatMap((node): Tree[] => {
    if (node.type === 'text') return [node.value];
    if (node.type !== 'element') return [];
    const names = node.properties['className'];
    const name = Array.isArray(names) ? String(names[0] ?? '') : '';
    const children = convert(node.children as Highlighted);
    return [{ tag: 'span', attributes: { class: name }, children }];
  });
}
