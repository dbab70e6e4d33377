// What the page itself puts beside the blocks of a document: buttons that copy, and drawings in the
// place of their source. Apart from dom.ts, for nothing of this ever comes from a document.

import { documentWords } from '../words/document';

export interface Furnishing {
  copyCode(text: string): void;
  /** Copies the address of a heading, by its id. */
  copyHeading(id: string): void;
  /** Takes over an element that holds the source of a diagram as code. */
  diagram(place: HTMLElement, code: HTMLElement, source: string): void;
}

/** Furnishes blocks that were just built. */
export function furnish(blocks: readonly Element[], furnishing: Furnishing): void {
  for (const block of blocks) {
    for (const heading of within(block, '.heading')) addHeadingButton(heading, furnishing);
    for (const listing of within(block, '.listing')) {
      const code = listing.firstElementChild;
      if (!(code instanceof HTMLElement)) continue;
      const source = code.textContent ?? '';
      listing.append(button('copy', documentWords().copyCode, () => furnishing.copyCode(source)));
      if (code.dataset['language'] === 'mermaid') furnishing.diagram(listing, code, source);
    }
  }
}

function within(block: Element, selector: string): HTMLElement[] {
  const found = [...block.querySelectorAll<HTMLElement>(selector)];
  return block instanceof HTMLElement && block.matches(selector) ? [block, ...found] : found;
}

function addHeadingButton(wrapper: HTMLElement, { copyHeading }: Furnishing): void {
  const heading = wrapper.firstElementChild;
  if (!heading) return;
  const name = documentWords().copyHeading(heading.textContent ?? '');
  wrapper.append(button('anchor', name, () => copyHeading(heading.id)));
}

/** A button with a picture that the style sheet draws. */
function button(className: string, name: string, run: () => void): HTMLButtonElement {
  const element = document.createElement('button');
  element.type = 'button';
  element.className = className;
  element.title = name;
  element.setAttribute('aria-label', name);
  element.addEventListener('click', run);
  return element;
}
