// The page's side of the worker: one document in, a tree out, or nothing when it takes too long.

import { documentWorkerUrl } from '../trusted-scripts';
import type { Tree } from './tree';

/** A document that takes longer than this is shown as plain text, in milliseconds. */
export const PARSE_TIMEOUT_MS = 2000;

type Answer = { ready: true } | { id: number; blocks: Tree[] | null };

/** The part of a `Worker` that is needed here. */
export interface WorkerLike {
  onmessage: ((event: MessageEvent<Answer>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(message: unknown): void;
  terminate(): void;
}

export class Renderer {
  private worker: WorkerLike | null = null;
  private ready: Promise<boolean> = Promise.resolve(false);
  private next = 0;
  private readonly waiting = new Map<number, (blocks: Tree[] | null) => void>();

  constructor(private readonly startWorker: () => WorkerLike) {}

  /** The blocks of a document; null when it cannot be parsed in time, or not whole. */
  async render(text: string): Promise<Tree[] | null> {
    const worker = this.worker ?? this.start();
    // Fetching the worker may take long on a slow network: that time is not the document's.
    if (!(await this.ready) || worker !== this.worker) return null;
    this.next += 1;
    const id = this.next;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.stop(), PARSE_TIMEOUT_MS);
      this.waiting.set(id, (blocks) => {
        clearTimeout(timer);
        resolve(blocks);
      });
      worker.postMessage({ id, text });
    });
  }

  private start(): WorkerLike {
    const worker = this.startWorker();
    this.worker = worker;
    this.ready = new Promise((resolve) => {
      worker.onmessage = ({ data }) => {
        if ('ready' in data) return resolve(true);
        this.waiting.get(data.id)?.(data.blocks);
        this.waiting.delete(data.id);
      };
      worker.onerror = () => {
        resolve(false);
        this.stop();
      };
    });
    return worker;
  }

  /** Ends the worker; the next document gets a new one. */
  private stop(): void {
    this.worker?.terminate();
    this.worker = null;
    for (const answer of this.waiting.values()) answer(null);
    this.waiting.clear();
  }
}

export const renderer = new Renderer(
  () => new Worker(documentWorkerUrl(), { type: 'module' }) as WorkerLike,
);
