// Whether a newer text may take the place of the one that somebody reads. Pure.

export interface Reader {
  /** The text was scrolled into. */
  scrolled: boolean;
  /** Something of it is marked, or has the focus. */
  touching: boolean;
  /** Its text is open for editing. */
  editing: boolean;
  /** Asked for updates to be held. */
  holding: boolean;
}

export interface Arrival {
  /** What is shown now reads the same: only what stands above the text changed. */
  same: boolean;
  /** It comes of a change that was made from this page. */
  own: boolean;
}

/** `show` puts it in place at once; `announce` says that it is there and waits to be asked. */
export function onArrival(reader: Reader, arrival: Arrival): 'show' | 'announce' {
  if (arrival.same || arrival.own) return 'show';
  const { scrolled, touching, editing, holding } = reader;
  return scrolled || touching || editing || holding ? 'announce' : 'show';
}
