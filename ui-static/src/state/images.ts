// Images of a spec's own folder: fetched through the relay with the key, shown from memory.

import type { RelayApi } from '../wire/api';

const TYPES: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  // Inside an `img` element an SVG runs no script and fetches nothing.
  svg: 'image/svg+xml',
};

export function isImage(path: string): boolean {
  return imageType(path) !== null;
}

function imageType(path: string): string | null {
  return TYPES[path.toLowerCase().split('.').at(-1) ?? ''] ?? null;
}

/** The images of one screen; their memory is given back when it closes. */
export class ImageShelf {
  private readonly urls: string[] = [];
  private closed = false;

  constructor(
    private readonly api: RelayApi,
    private readonly machine: string,
    private readonly project: string,
  ) {}

  /** An address that this page alone can read. */
  async load(path: string): Promise<string> {
    const file = await this.api.file(this.machine, this.project, path);
    if (this.closed) throw new Error('the screen was closed');
    const url = URL.createObjectURL(new Blob([file.bytes], { type: imageType(path) ?? '' }));
    this.urls.push(url);
    return url;
  }

  close(): void {
    this.closed = true;
    for (const url of this.urls) URL.revokeObjectURL(url);
  }
}
