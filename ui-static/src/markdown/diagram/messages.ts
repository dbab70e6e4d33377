// What the frame of a diagram may say, read with distrust: a hostile diagram may speak with its voice.
// Pure.

export type FrameMessage =
  /** It can draw now. */
  | { kind: 'ready' }
  /** It drew, and would like to be this high, in pixels. */
  | { kind: 'drawn'; height: number }
  | { kind: 'failed'; reason: string }
  /** A link in it was followed. */
  | { kind: 'link'; href: string };

/** A diagram gets no less and no more room than this; what is higher scrolls, in pixels. */
const HEIGHT_MIN_PX = 24;
const HEIGHT_MAX_PX = 2400;
/** A reason longer than this says nothing more, in characters. */
const REASON_MAX_CHARS = 400;
const HREF_MAX_CHARS = 2000;

/** What a frame said; null when it is nothing that this page understands. */
export function readMessage(data: unknown): FrameMessage | null {
  if (typeof data !== 'object' || data === null) return null;
  const said = data as Record<string, unknown>;
  if (said['diagram'] !== true) return null;
  if (said['ready'] === true) return { kind: 'ready' };
  const { height, failed, link } = said;
  if (typeof height === 'number' && Number.isFinite(height)) {
    const clamped = Math.min(HEIGHT_MAX_PX, Math.max(HEIGHT_MIN_PX, Math.ceil(height)));
    return { kind: 'drawn', height: clamped };
  }
  if (typeof failed === 'string') {
    return { kind: 'failed', reason: failed.slice(0, REASON_MAX_CHARS) };
  }
  if (typeof link === 'string' && link.length <= HREF_MAX_CHARS)
    return { kind: 'link', href: link };
  return null;
}

/** What a diagram is called: its own title, else the kind that its first word names. */
export function diagramName(source: string): string {
  const own = /^\s*accTitle\s*:\s*(.+)$/m.exec(source)?.[1]?.trim();
  if (own) return own.slice(0, 120);
  const body = source.replace(/^\s*---\n[\s\S]*?\n---/, '').replace(/^\s*%%.*$/gm, '');
  return /^\s*([A-Za-z][\w-]{0,40})/.exec(body)?.[1] ?? 'mermaid';
}
