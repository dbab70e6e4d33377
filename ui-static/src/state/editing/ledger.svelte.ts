// The edits of one relay: made here, or made elsewhere and heard of. Sends them, follows them, and
// says what came of them. How an edit lives is decided in edit.ts, what it stands on in chain.ts.

import { CommandApi } from '../../wire/commands';
import { RelayFailure } from '../../wire/failure';
import type { RelayApi } from '../../wire/api';
import type { Command, Edit as Change, Machine } from '../../wire/types';
import { Joint } from '../join';
import { unsettled } from './attention';
import { baseOf, type FilePlace, isAt, replacedBy, settledBy } from './chain';
import { Dismissed } from './dismissed';
import { changeOf, type Edit, type Happening, isPending, isTroubled, next } from './edit';
import { EditList } from './edit-list.svelte';
import { KeptEdits } from './kept';
import { fresh, mintKey, type Wish } from './new-edit';
import { inverse } from './undo';
import { sheetWords } from '../../words/sheets';
import { wordsOf } from '../failure-words';

/** What the ledger must know of the state around it. */
export interface Around {
  machine(id: string): Machine | null;
  /** Hash of a file as the page knows it; null when it knows none. */
  hashOf(place: FilePlace): string | null;
  /** Hash of the text of a file that is on the screen; the same as `hashOf` when none is. */
  textHashOf(place: FilePlace): string | null;
  /** The file that carries a spec. */
  mainFile(machine: string, project: string, spec: string): string;
  /** Whether the relay is not connected. */
  away(): boolean;
}

/** How often time is looked at while edits are under way, and a silent machine asked after. */
const TICK_MS = 1000;
const ASK_EVERY_TICKS = 15;
/** How many ended commands are remembered, for answers that come after their event. */
const REMEMBERED_MAX = 200;

export class EditLedger extends EditList {
  /** Why the last thing that was asked for here could not be done; empty when it could. */
  complaint = $state('');
  /** This device's clock, stepping while edits are under way. */
  now = $state(Date.now());

  private readonly api: CommandApi;
  private readonly joint = new Joint<Command>();
  private readonly heardLately = new Map<string, Command>();
  private readonly textsBefore = new Map<string, string>();
  private ticks = 0;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    api: RelayApi,
    private readonly around: Around,
    kept = new KeptEdits(api.origin),
  ) {
    super(kept, new Dismissed(api.origin));
    this.api = new CommandApi(api);
  }

  /** Fetches what has not ended, and asks after what ended unheard. */
  async load(): Promise<void> {
    this.joint.fetching();
    try {
      const { items, cursor } = await this.api.open();
      for (const command of items) this.take(command);
      for (const command of this.joint.landed(cursor.seq)) this.take(command);
      const open = new Set(items.map(({ id }) => id));
      const missing = this.list.filter((edit) => edit.command && !open.has(edit.command.id));
      for (const edit of missing) void this.ask(edit.key);
    } catch (cause) {
      this.joint.failed();
      // A relay of before commands must not keep everything else from loading.
      if (!(cause instanceof RelayFailure) || cause.kind !== 'problem') throw cause;
    }
  }

  /** Fetches what ended badly before this page was opened, or on another device. */
  async loadOlder(): Promise<void> {
    const { items } = await this.api.newest();
    const edits = items.map((command) => this.editOf(command, false));
    const here = edits.filter(({ machine }) => this.around.machine(machine) !== null);
    this.remember(unsettled(here, Date.now()));
  }

  /** A command event of the feed. */
  hear(command: Command, seq: number): void {
    if (this.joint.admit(seq, command)) this.take(command);
  }

  /** The page shows something new: applied edits may be among it. */
  look(): void {
    const applied = this.list.filter(({ phase }) => phase === 'applied');
    for (const place of new Map(applied.map((edit) => [placeKey(edit), edit])).values()) {
      const hash = this.shownHash(place);
      const here = applied.filter(
        (edit) => isAt(edit, place) && isOfText(edit) === isOfText(place),
      );
      const settled = settledBy(here, hash);
      for (const { key } of here) {
        const isSettled = settled.some((edit) => edit.key === key);
        this.happen(key, isSettled ? { kind: 'shown' } : { kind: 'passed', hash });
      }
    }
  }

  /** Makes an edit and sends it; returns its key. */
  make(wish: Wish): string {
    const edit = fresh(mintKey(), wish);
    const { machine, project, change } = wish;
    edit.file = this.fileOf(machine, project, change);
    if (wish.textBefore !== undefined) this.textsBefore.set(edit.key, wish.textBefore);
    const replaced = new Set(replacedBy(edit, this.list.filter(isTroubled)));
    this.put([...this.list.filter((other) => !replaced.has(other)), edit]);
    this.pump();
    return edit.key;
  }

  /** Sends once more what did not reach the relay, with the same key: it is done once. */
  resend(edit: Edit): void {
    const stuck = this.list.filter((other) => other.phase === 'unsent');
    for (const { key } of stuck.filter((other) => other === edit || isAt(other, edit))) {
      this.happen(key, { kind: 'retried', now: Date.now() });
      if (this.find(key)?.body) void this.send(key);
    }
    this.pump();
  }

  /** The same change as a new command, on the file as it is shown now. */
  again(edit: Edit, force = edit.force): void {
    const { machine, project, change, exact } = edit;
    const isText = change.type === 'update_content';
    const seenHash = isText ? edit.seenHash : this.around.hashOf(edit);
    this.drop(edit);
    this.make({ machine, project, change, seenHash, force, exact });
  }

  /** Whether an applied edit can be taken back. */
  mayUndo(edit: Edit): boolean {
    return !edit.undoes && inverse(edit, this.textsBefore.get(edit.key) ?? null) !== null;
  }

  /** Takes an applied edit back, by a new one. */
  undo(edit: Edit): void {
    const change = inverse(edit, this.textsBefore.get(edit.key) ?? null);
    const { machine, project } = edit;
    const seenHash = edit.command?.outcome?.hash ?? null;
    this.done = this.done.filter(({ key }) => key !== edit.key);
    if (change) this.make({ machine, project, change, seenHash, undoes: true });
  }

  /** Takes an edit back that the machine has not done. */
  async withdraw(edit: Edit): Promise<void> {
    if (!edit.command) return this.drop(edit);
    await this.attempt(this.api.withdraw(edit.command.id));
  }

  /** Applies a conflicted change to the newer version. */
  async rebase(edit: Edit): Promise<void> {
    if (!edit.command) return;
    const command = await this.attempt(this.api.rebase(edit.command.id, mintKey()));
    if (!command) return;
    this.drop(edit);
    const known = this.list.find((other) => other.command?.id === command.id);
    if (known)
      this.put(this.list.map((other) => (other === known ? { ...known, mine: true } : other)));
    else this.adopt(command, true);
  }

  /** Asks the relay for a command, with the texts that came of it. */
  async ask(key: string): Promise<void> {
    const id = this.find(key)?.command?.id;
    if (id === undefined) return;
    // Not worth a word: it is asked again, and the feed tells too.
    const command = await this.api.get(id).catch(() => null);
    if (command) this.take(command);
  }

  private async attempt(call: Promise<Command>): Promise<Command | null> {
    this.complaint = '';
    try {
      const command = await call;
      this.take(command);
      return command;
    } catch (cause) {
      this.complaint = wordsOf(cause);
      return null;
    }
  }

  /** Sends what can be sent: what stands on an edit without an id waits for that. */
  private pump(): void {
    for (const { key } of this.list) {
      const edit = this.find(key);
      if (edit?.phase !== 'sending' || edit.body !== null) continue;
      const found = baseOf(edit, this.list);
      if (found === 'wait') continue;
      if (found === 'stuck') {
        this.happen(key, { kind: 'unsent', message: sheetWords().beforeNotSent });
      } else {
        this.happen(key, { kind: 'posted', base: found.base });
        void this.send(key);
      }
    }
  }

  private async send(key: string): Promise<void> {
    const edit = this.find(key);
    if (!edit?.body) return;
    try {
      const command = await this.api.post(edit.machine, edit.project, key, edit.body);
      // Its event may have come first, and was taken for one made elsewhere.
      this.put(this.list.filter((other) => other.key !== command.id));
      this.happen(key, this.heard(command, edit));
      const later = this.heardLately.get(command.id);
      if (later) this.happen(key, this.heard(later, edit));
      this.look();
    } catch (cause) {
      const { message } = cause as Error;
      const mayPass = !(cause instanceof RelayFailure) || cause.mayPass;
      this.happen(key, { kind: mayPass ? 'unsent' : 'denied', message });
    }
    this.pump();
  }

  private heard(command: Command, edit: Edit): Happening {
    return { kind: 'heard', command, shown: this.shownHash(edit), now: Date.now() };
  }

  /** Metadata is shown as soon as it is known, a text when it is on the screen. */
  private shownHash(edit: Edit): string | null {
    return isOfText(edit) ? this.around.textHashOf(edit) : this.around.hashOf(edit);
  }

  /** The relay told of a command. */
  private take(command: Command): void {
    this.heardLately.delete(command.id);
    this.heardLately.set(command.id, command);
    const [oldest] = this.heardLately.keys();
    if (this.heardLately.size > REMEMBERED_MAX && oldest) this.heardLately.delete(oldest);
    this.older = this.older
      .map((other) => (other.command?.id === command.id ? this.editOf(command, false) : other))
      .filter((other) => !other.command?.rebased_as);
    const edit = this.list.find((other) => other.command?.id === command.id);
    if (edit) this.happen(edit.key, this.heard(command, edit));
    else if (command.state === 'queued' || command.state === 'delivered') {
      this.adopt(command, false);
    }
    this.look();
  }

  private adopt(command: Command, mine: boolean): void {
    this.put([...this.list, this.editOf(command, mine)]);
  }

  /** A command that was made elsewhere, as an edit. */
  private editOf(command: Command, mine: boolean): Edit {
    const { machine, project } = command;
    const change = changeOf(command);
    const base = command.base && 'hash' in command.base ? command.base.hash : null;
    const force = command.force ?? false;
    const edit = fresh(command.id, { machine, project, change, seenHash: base, force });
    edit.mine = mine;
    edit.file = command.outcome?.file ?? this.fileOf(machine, project, change);
    edit.phase = 'taken';
    return next(edit, this.heard(command, edit));
  }

  private fileOf(machine: string, project: string, change: Change): string | null {
    if (change.type === 'create_spec' || !change.spec) return null;
    const file = 'file' in change ? change.file : undefined;
    if (!file) return this.around.mainFile(machine, project, change.spec);
    return file.startsWith(`${change.spec}/`) || file === change.spec
      ? file
      : `${change.spec}/${file}`;
  }

  protected override put(list: readonly Edit[]): void {
    super.put(list);
    const isBusy = list.some(isPending);
    if (isBusy && this.timer === undefined) {
      this.now = Date.now();
      this.timer = setInterval(() => this.tick(), TICK_MS);
    } else if (!isBusy) {
      clearInterval(this.timer);
      this.timer = undefined;
    }
  }

  private tick(): void {
    this.now = Date.now();
    this.ticks += 1;
    for (const { key, machine } of this.list) {
      const answerable = !this.around.away() && this.around.machine(machine)?.online === true;
      this.happen(key, { kind: 'tick', now: this.now, answerable });
    }
    if (this.ticks % ASK_EVERY_TICKS !== 0) return;
    for (const { key, phase } of this.list) if (phase === 'unknown') void this.ask(key);
  }
}

const isOfText = ({ change }: Edit) =>
  change.type === 'toggle_task' || change.type === 'update_content';

const placeKey = (edit: Edit) =>
  `${edit.machine}/${edit.project}/${edit.file}/${isOfText(edit) ? 'text' : 'fields'}`;
