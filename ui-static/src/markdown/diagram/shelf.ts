// The diagrams of one document: which are drawn, and who of them is speaking. Fetched with the first
// text that has one.

import { Diagram } from './diagram';
import { readMessage } from './messages';

/** Each is a page of its own with all the code that draws: more would be a load, not a help. */
const DIAGRAMS_MAX = 24;
/** How far from what is seen drawing begins. */
const NEAR = '600px';

export class DiagramShelf {
  private diagrams: Diagram[] = [];
  private readonly near = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) this.start(target);
    },
    { rootMargin: NEAR },
  );
  private readonly listen = (event: MessageEvent<unknown>) => this.hear(event);

  /** `follow` is given the links that are followed inside a diagram: they are not checked yet. */
  constructor(
    private dark: boolean,
    private readonly follow: (href: string) => void,
  ) {
    window.addEventListener('message', this.listen);
  }

  /** Takes over an element with the source of a diagram in it. */
  add(place: HTMLElement, code: HTMLElement, source: string): void {
    this.diagrams = this.diagrams.filter((diagram) => {
      if (!diagram.place.isConnected) diagram.close();
      return diagram.place.isConnected;
    });
    const diagram = new Diagram(place, code, source, this.dark);
    if (this.diagrams.length >= DIAGRAMS_MAX) return diagram.leaveOut();
    this.diagrams.push(diagram);
    this.near.observe(place);
  }

  paint(dark: boolean): void {
    this.dark = dark;
    for (const diagram of this.diagrams) diagram.paint(dark);
  }

  close(): void {
    window.removeEventListener('message', this.listen);
    this.near.disconnect();
    for (const diagram of this.diagrams) diagram.close();
  }

  private start(place: globalThis.Element): void {
    this.near.unobserve(place);
    this.diagrams.find((diagram) => diagram.place === place)?.start();
  }

  private hear({ source, data }: MessageEvent<unknown>): void {
    // Anybody can send a message to a window: only the very frame of a diagram is listened to.
    const diagram = this.diagrams.find(({ frame }) => frame.contentWindow === source);
    const message = diagram && source !== null ? readMessage(data) : null;
    const href = message && diagram ? diagram.hear(message) : null;
    if (href !== null) this.follow(href);
  }
}
