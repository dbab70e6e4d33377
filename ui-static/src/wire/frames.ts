// The only importer of eventsource-parser: bytes of a stream become messages.

import { createParser } from 'eventsource-parser';

/** One message of an event stream (WHATWG HTML §9.2). */
export interface Frame {
  /** The word in `event:`; `message` when there is none. */
  name: string;
  data: string;
  /** The text in `id:` of this very message. */
  id: string | null;
}

export interface FrameHandlers {
  onFrame(frame: Frame): void;
  /** A line `retry:`, in milliseconds. */
  onRetry?(ms: number): void;
}

/** The longest message that is believed, in characters: a summary has at most 64 KB. */
const FRAME_MAX_CHARS = 4 * 1024 * 1024;

export class FrameTooLong extends Error {}

/** Takes the bytes of one stream in whatever pieces they come. */
export class FrameReader {
  // Takes away a byte-order mark and puts characters together that were cut between two pieces.
  private readonly decoder = new TextDecoder();
  private readonly parser;
  private overflow = false;
  /** The last byte was a CR, which had its effect: an LF right behind it has none. */
  private afterCr = false;

  constructor(handlers: FrameHandlers) {
    this.parser = createParser({
      maxBufferSize: FRAME_MAX_CHARS,
      onEvent: ({ event, data, id }) =>
        handlers.onFrame({ name: event ?? 'message', data, id: id ?? null }),
      onRetry: (ms) => handlers.onRetry?.(ms),
      onError: (error) => {
        this.overflow ||= error.type === 'max-buffer-size-exceeded';
      },
    });
  }

  /** Calls the handlers for every message that these bytes complete. */
  push(bytes: Uint8Array): void {
    const text = this.decoder.decode(bytes, { stream: true });
    if (text !== '') this.parser.feed(this.withLineFeeds(text));
    if (this.overflow) throw new FrameTooLong('a message of the feed is too long');
  }

  /**
   * Every line ends in LF alone. The parser would wait, with a message that is complete, for what
   * follows a CR at the end of a piece.
   */
  private withLineFeeds(text: string): string {
    const rest = this.afterCr && text.startsWith('\n') ? text.slice(1) : text;
    this.afterCr = text.endsWith('\r');
    return rest.includes('\r') ? rest.replace(/\r\n?/g, '\n') : rest;
  }
}
