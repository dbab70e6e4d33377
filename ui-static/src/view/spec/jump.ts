// Goes to a heading of the text, for the eye and for the keyboard.

export function jumpTo(heading: string): void {
  const place = document.getElementById(`h-${heading.replace(/^h-/, '')}`);
  if (!place) return;
  place.scrollIntoView();
  // From here on Tab goes on.
  place.tabIndex = -1;
  place.focus({ preventScroll: true });
}
