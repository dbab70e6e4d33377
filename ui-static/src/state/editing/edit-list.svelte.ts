// The edits of one relay as the page holds them: what each of them becomes when something happens to
// it. Pure decisions are in edit.ts; sending and hearing is the ledger's.

import type { Spec } from '../../wire/types';
import { needsSomebody } from './attention';
import type { Dismissed } from './dismissed';
import { type Edit, type Happening, isPending, isTroubled, next } from './edit';
import type { KeptEdits } from './kept';
import { overlaid } from './overlay';

/** How many that are done are remembered. */
const DONE_MAX = 20;
const NONE: readonly Edit[] = [];

export class EditList {
  /** Under way or waiting for a decision, in order of making. */
  list: readonly Edit[] = $state.raw([]);
  /** Made here and done lately, the newest last. */
  done: readonly Edit[] = $state.raw([]);
  /** Ended badly before this page was opened, or elsewhere; newest last. */
  older: readonly Edit[] = $state.raw([]);
  /** All that somebody has to look at, newest last. */
  readonly needing = $derived([...this.older, ...this.list.filter(needsSomebody)]);

  private readonly bySpec = $derived.by(() => {
    const groups = new Map<string, Edit[]>();
    for (const edit of this.list) {
      const key = `${edit.machine}/${edit.project}/${edit.spec}`;
      groups.set(key, [...(groups.get(key) ?? []), edit]);
    }
    return groups;
  });

  constructor(
    private readonly kept: KeptEdits,
    private readonly dismissed: Dismissed,
  ) {
    this.list = kept.read();
  }

  find(key: string): Edit | null {
    return [...this.list, ...this.done, ...this.older].find((edit) => edit.key === key) ?? null;
  }

  /** Those of one spec. */
  of(machine: string, project: string, spec: string): readonly Edit[] {
    return this.bySpec.get(`${machine}/${project}/${spec}`) ?? NONE;
  }

  /** What a row says of a spec: its summary as the edits leave it, and how they stand. */
  row({ machine, project, path, summary }: Spec) {
    if (this.list.length === 0) return { summary, pending: false, troubled: false };
    const edits = this.of(machine, project, path);
    const pending = edits.filter(isPending);
    return {
      summary: overlaid(summary, pending),
      pending: pending.length > 0,
      troubled: edits.some(isTroubled),
    };
  }

  /** Those of one machine that wait for it, or for a person. */
  waiting(machine: string): readonly Edit[] {
    return this.list.filter((edit) => edit.machine === machine && edit.phase !== 'applied');
  }

  /** Forgets an edit; one that ended badly does not come back with the relay's list either. */
  drop(edit: Edit): void {
    this.put(this.list.filter(({ key }) => key !== edit.key));
    this.older = this.older.filter(({ key }) => key !== edit.key);
    if (edit.command && isTroubled(edit)) this.dismissed.add(edit.command.id);
  }

  /** Takes over what ended badly, out of the relay's list. */
  protected remember(unsettled: readonly Edit[]): void {
    const known = new Set(this.list.map(({ command }) => command?.id));
    this.older = unsettled.filter(
      ({ command }) => command && !known.has(command.id) && !this.dismissed.has(command.id),
    );
  }

  protected happen(key: string, happening: Happening): void {
    const edit = this.list.find((other) => other.key === key);
    const after = edit && next(edit, happening);
    if (!after || after === edit) return;
    if (after.phase === 'conflict' && after.command?.rebased_as) {
      // Settled by another command, which is listed itself.
      this.drop(edit);
    } else if (after.phase === 'confirmed' || after.phase === 'withdrawn') {
      this.put(this.list.filter((other) => other !== edit));
      if (after.mine) this.done = [...this.done.slice(1 - DONE_MAX), after];
    } else this.put(this.list.map((other) => (other === edit ? after : other)));
  }

  protected put(list: readonly Edit[]): void {
    this.list = list;
    this.kept.write(list);
  }
}
