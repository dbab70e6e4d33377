// The text of a file while it is edited: what was typed, kept as a draft; the version it stands on;
// and whether that is still the newest one.

import { forTyping, withEndings } from '../../state/editing/line-endings';
import { type Draft, Drafts } from '../../state/editing/drafts';
import { isPending } from '../../state/editing/edit';
import { isAt } from '../../state/editing/chain';
import { overlaidText } from '../../state/editing/overlay';
import { isExact, OpenDocument } from '../../state/document.svelte';
import type { RelayState } from '../../state/relay.svelte';
import { isInSync, type Started } from './text-start';
import { sheetWords } from '../../words/sheets';

export interface TextPlace {
  machine: string;
  project: string;
  spec: string;
  file: string;
}

export class TextEditing {
  /** As it stands in the field; null until the text is there. */
  typed: string | null = $state(null);
  /** Whether what was typed is kept against a reload. */
  kept = $state(true);
  /** The newest text of the file and its hash, as the relay holds it. */
  readonly newest: OpenDocument;
  private started: Started | null = $state.raw(null);
  private readonly drafts = new Drafts();
  private readonly name: string;

  /** To be made while a component starts. */
  constructor(
    private readonly relay: RelayState,
    private readonly place: TextPlace,
  ) {
    this.newest = new OpenDocument(relay.api, place.machine, place.project);
    this.name = `${relay.origin} ${place.machine}/${place.project}/${place.file}`;
  }

  /** Hash of the file on the machine, as far as the relay knows; null when it is gone. */
  get hash(): string | null {
    const { machine, project, spec, file } = this.place;
    const files = this.relay.specs(machine, project).find(spec)?.spec.files ?? [];
    return files.find(({ path }) => path === file)?.hash ?? null;
  }

  /** Takes the text up, once it is there: the draft of before, or the file as it is shown. */
  start(): void {
    const { text, hash } = this.newest;
    if (this.started !== null || text === null || !this.isNewestHere) return;
    const draft = this.draft();
    const pending = this.pending();
    const shown = overlaidText(text, pending);
    this.started = draft ?? {
      original: shown,
      hash,
      standsOn: pending.map(({ key }) => key),
    };
    this.typed = draft?.text ?? forTyping(shown);
  }

  /** Why the file cannot be edited here; null when it can. */
  get unfit(): string | null {
    const { text } = this.newest;
    if (text !== null && !isExact(text)) {
      return sheetWords().text.notUtf8;
    }
    const fields = this.pending().some(({ change }) => change.type === 'update_frontmatter');
    if (fields && this.started === null) {
      return 'A change of its metadata is under way. Edit the text when that is done or taken back.';
    }
    return null;
  }

  get isDirty(): boolean {
    return this.started !== null && this.typed !== forTyping(this.started.original);
  }

  /** Whether somebody else changed the file since the text was taken up. */
  get isOvertaken(): boolean {
    const ledger = this.relay.edits;
    if (this.started === null || ledger === null) return false;
    return !isInSync(this.started, this.hash, this.pending(), (key) => ledger.find(key));
  }

  /** Whether the newest version is here; it may still be on its way. */
  get isNewestHere(): boolean {
    return this.newest.text !== null && this.newest.hash === this.hash;
  }

  /** The text that typing began with. */
  get original(): string {
    return this.started?.original ?? '';
  }

  /** Keeps what was typed, and stands on the newest version from now on. */
  keepMine(): void {
    if (this.newest.text === null || !this.isNewestHere) return;
    this.started = { original: this.newest.text, hash: this.newest.hash, standsOn: [] };
    this.keep();
  }

  /** Drops what was typed, and begins with the newest version. */
  takeNewest(): void {
    this.drafts.drop(this.name);
    this.started = null;
    this.start();
  }

  /** Keeps what was typed against a reload; nothing, when nothing was. */
  keep(edit: string | null = null): void {
    if (this.started === null || this.typed === null) return;
    const { original, hash } = this.started;
    if (!this.isDirty) this.drafts.drop(this.name);
    else this.kept = this.drafts.write(this.name, { text: this.typed, original, hash, edit });
  }

  /** Saves; the draft stays until the machine did it. */
  async save(): Promise<void> {
    const { machine, project, spec, file } = this.place;
    if (this.started === null || this.typed === null) return;
    const { original, hash, standsOn } = this.started;
    const change = {
      type: 'update_content' as const,
      spec,
      file,
      content: withEndings(this.typed, original),
    };
    const ledger = await this.relay.openEdits();
    const chained = this.pending().some(({ key }) => standsOn.includes(key));
    const seenHash = standsOn.length > 0 ? this.hash : hash;
    const wish = { machine, project, change, seenHash, exact: !chained, textBefore: original };
    this.keep(ledger.make(wish));
  }

  private pending() {
    return (this.relay.edits?.list ?? []).filter(
      (edit) => isPending(edit) && isAt(edit, this.place),
    );
  }

  /** What was typed before and not saved, or saved and not done. */
  private draft(): (Draft & Started) | null {
    const draft = this.drafts.read(this.name);
    if (draft === null) return null;
    const edit = draft.edit === null ? null : (this.relay.edits?.find(draft.edit) ?? null);
    const isOver = draft.edit !== null && (edit === null || edit.phase === 'confirmed');
    if (isOver) this.drafts.drop(this.name);
    // While it is being saved, it is part of what is shown.
    return isOver || (edit !== null && isPending(edit)) ? null : { ...draft, standsOn: [] };
  }
}
