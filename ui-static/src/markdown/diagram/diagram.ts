// A diagram in the page: its source as code until a frame of no origin has drawn it, and whenever it
// cannot. The frame is made when the diagram comes near to what is seen.

import { documentWords } from '../../words/document';
import { diagramName, type FrameMessage } from './messages';

/** Drawing that takes longer is given up, in milliseconds; fetching the code has its own time. */
const DRAWING_MAX_MS = 5000;
const FETCHING_MAX_MS = 30_000;

/** In the folder of the page, wherever that is. */
const frameAddress = () => new URL(__DRAWING_FRAME__, document.baseURI).href;

export class Diagram {
  readonly frame = document.createElement('iframe');
  private readonly toggle = document.createElement('button');
  private readonly note = document.createElement('p');
  private readonly words = documentWords().diagram;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private phase: 'waiting' | 'fetching' | 'drawing' | 'drawn' | 'failed' = 'waiting';

  /** Takes over an element that holds the source as code. */
  constructor(
    readonly place: HTMLElement,
    private readonly code: HTMLElement,
    private readonly source: string,
    private dark: boolean,
  ) {
    const name = this.words.name(diagramName(source));
    place.classList.add('diagram');
    // Opaque origin: neither the storage nor the key of this page can be reached from within.
    this.frame.sandbox.add('allow-scripts');
    this.frame.title = name;
    this.frame.referrerPolicy = 'no-referrer';
    this.frame.className = 'unseen';
    this.note.className = 'diagram-note';
    this.note.hidden = true;
    this.toggle.className = 'diagram-toggle';
    this.toggle.type = 'button';
    this.toggle.textContent = this.words.source;
    this.toggle.hidden = true;
    this.toggle.setAttribute('aria-pressed', 'false');
    this.toggle.addEventListener('click', () => this.showSource(code.hidden !== false));
    place.prepend(this.note, this.toggle);
  }

  /** Starts to draw; to be called when it comes near to what is seen. */
  start(): void {
    if (this.phase !== 'waiting') return;
    this.phase = 'fetching';
    // Out of sight and not hidden: what is not laid out could not be measured.
    this.frame.src = frameAddress();
    this.place.append(this.frame);
    this.timer = setTimeout(() => this.fail(this.words.absent), FETCHING_MAX_MS);
  }

  /** Says that it is not drawn, for there are too many. */
  leaveOut(): void {
    this.fail(this.words.many);
  }

  /** Draws anew in the light or in the dark. */
  paint(dark: boolean): void {
    if (dark === this.dark) return;
    this.dark = dark;
    if (this.phase === 'drawn' || this.phase === 'drawing') this.draw();
  }

  /** The frame said something; returns a link that was followed in it. */
  hear(message: FrameMessage): string | null {
    if (this.phase === 'failed') return null;
    if (message.kind === 'link') return message.href;
    if (message.kind === 'ready') this.draw();
    else if (message.kind === 'failed') this.fail(this.words.failed(message.reason));
    else this.drawn(message.height);
    return null;
  }

  close(): void {
    clearTimeout(this.timer);
  }

  private draw(): void {
    this.phase = 'drawing';
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fail(this.words.slow), DRAWING_MAX_MS);
    this.frame.dataset['dark'] = String(this.dark);
    // An opaque origin has no name to send to. The source is all that goes there.
    this.frame.contentWindow?.postMessage({ source: this.source, dark: this.dark }, '*');
  }

  private drawn(height: number): void {
    clearTimeout(this.timer);
    this.frame.style.height = `${height}px`;
    // On paper it keeps the width that it has this height for.
    if (!this.frame.hidden) this.frame.style.setProperty('--drawn', `${this.frame.clientWidth}px`);
    if (this.phase === 'drawn') return;
    this.phase = 'drawn';
    this.frame.className = '';
    this.toggle.hidden = false;
    this.showSource(false);
  }

  private fail(why: string): void {
    clearTimeout(this.timer);
    this.phase = 'failed';
    this.frame.remove();
    this.toggle.hidden = true;
    this.note.hidden = false;
    this.note.textContent = why;
    this.code.hidden = false;
  }

  private showSource(shown: boolean): void {
    this.code.hidden = !shown;
    this.frame.hidden = shown;
    this.toggle.setAttribute('aria-pressed', String(shown));
  }
}
