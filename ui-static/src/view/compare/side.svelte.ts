// One side of a comparison: a machine, the project that is the same there, its copy of the spec, and
// the text of one of its files. Live, as all that the relay tells.

import { onDestroy, untrack } from 'svelte';

import { OpenDocument } from '../../state/document.svelte';
import type { RelayState } from '../../state/relay.svelte';
import { mainFile } from '../../state/spec-facts';
import type { Spec, SpecFile } from '../../wire/types';
import { OpenBook } from '../open-book.svelte';

interface Place {
  machine: string;
  project: string;
}

export class Side {
  readonly opened: OpenBook;
  readonly document: OpenDocument;
  private readonly book = $derived.by(() => this.opened.book);
  readonly spec: Spec | null = $derived.by(() => this.find(this.book.specs));
  /** The file that is compared; null where this side lacks it. */
  readonly file: SpecFile | null = $derived.by(() => {
    const { spec } = this;
    const name = this.name();
    if (!spec || name === null) return spec && mainFile(spec);
    return spec.files.find(({ path }) => path === `${spec.path}/${name}`) ?? null;
  });

  /** To be made while a component starts; `name` is the file inside the spec, null = the main one. */
  constructor(
    private readonly relay: RelayState,
    readonly place: Place,
    private readonly find: (specs: readonly Spec[]) => Spec | null,
    private readonly name: () => string | null,
  ) {
    this.opened = new OpenBook(relay, () => place);
    this.document = new OpenDocument(relay.api, place.machine, place.project, relay.texts);
    onDestroy(() => this.document.close());
    $effect(() => {
      const { file } = this;
      if (file) untrack(() => void this.document.show(file.path, file.hash));
    });
  }

  get machine() {
    return this.relay.machine(this.place.machine);
  }

  get ready(): boolean {
    return this.book.ready;
  }

  /** The text of the file; null while it is on its way, empty where there is none. */
  get text(): string | null {
    const { file } = this;
    if (!file) return '';
    return this.document.path === file.path ? this.document.text : null;
  }
}
