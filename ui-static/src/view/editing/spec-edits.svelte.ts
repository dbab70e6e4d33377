// The edits of the spec that is open: what the page shows while they are under way, and how a new one
// is made.

import { clock } from '../../state/clock.svelte';
import { type Edit, isPending, isTroubled } from '../../state/editing/edit';
import {
  type Circumstances,
  type Kind,
  refusedWhy,
  uneditableWhy,
  waitsWhy,
} from '../../state/editing/may';
import { overlaid, taskAt, withBox } from '../../state/editing/overlay';
import type { Wish } from '../../state/editing/new-edit';
import type { RelayState } from '../../state/relay.svelte';
import { sessions } from '../../state/sessions.svelte';
import { mainFile } from '../../state/spec-facts';
import type { Edit as Change, Fields, Spec, Summary } from '../../wire/types';

interface Place {
  machine: string;
  project: string;
  spec: string;
}

export function circumstances(
  relay: RelayState,
  { machine, project }: Omit<Place, 'spec'>,
): Circumstances {
  return {
    scope: sessions.at(relay.origin)?.scope ?? 'view',
    machine: relay.machine(machine),
    project: relay.project(machine, project),
    away: relay.away,
    savedAt: relay.savedAtOf(machine, project),
    now: clock.now,
  };
}

export class SpecEdits {
  /** To be made while a component starts. */
  constructor(
    private readonly relay: RelayState,
    private readonly place: () => Place,
    private readonly spec: () => Spec | null,
  ) {
    void relay.openEdits().catch(() => undefined);
  }

  get all(): readonly Edit[] {
    const { machine, project, spec } = this.place();
    return this.relay.edits?.of(machine, project, spec) ?? [];
  }

  get pending(): readonly Edit[] {
    return this.all.filter(isPending);
  }

  /** The summary as the edits under way leave it. */
  get summary(): Summary {
    return overlaid(this.spec()?.summary ?? {}, this.pending);
  }

  /** The edits under way of one file. */
  pendingOf(file: string | null): readonly Edit[] {
    return this.pending.filter((edit) => edit.file === file);
  }

  isPending(field: string): boolean {
    return this.pending.some((edit) => sets(edit, field));
  }

  isTroubled(field: string): boolean {
    return this.all.some((edit) => isTroubled(edit) && sets(edit, field));
  }

  /** Why this kind of change is not possible; null when it is. */
  why(kind: Kind): string | null {
    const why = refusedWhy(kind, circumstances(this.relay, this.place()));
    if (why !== null || kind !== 'frontmatter') return why;
    return uneditableWhy(this.spec()?.summary ?? {});
  }

  /** That a change will wait for the machine; null when it will not. */
  get waits(): string | null {
    return waitsWhy(circumstances(this.relay, this.place()));
  }

  /** What to know before changing anything: that it is not possible, or that it will wait. */
  get note(): string | null {
    const { machine, project } = this.place();
    // A copy is announced at the top, and soon gone: a line here would push the text down and up.
    const isCopy = this.relay.savedAtOf(machine, project) !== null;
    return isCopy ? null : (this.why('frontmatter') ?? this.waits);
  }

  setField(field: keyof Summary & string, value: unknown): void {
    const spec = this.spec();
    const main = spec && mainFile(spec);
    if (!main) return;
    const seen: Fields = { [field]: this.summary[field] ?? null };
    const change: Change = {
      type: 'update_frontmatter',
      spec: spec.path,
      fields: { [field]: value },
      seen,
    };
    void this.make({ change, seenHash: main.hash });
  }

  /** Ticks the task on a line of the text that is shown; false when there is none. */
  tick(file: string, shown: { text: string; hash: string }, line: number, checked: boolean) {
    const task = taskAt(shown.text, line);
    if (!task || withBox(task.seen, checked) === task.seen) return false;
    const spec = this.place().spec;
    const change: Change = {
      type: 'toggle_task',
      spec,
      file,
      line: task.line,
      seen_line: task.seen,
      checked,
    };
    void this.make({ change, seenHash: shown.hash });
    return true;
  }

  /** Makes an edit; returns its key. */
  async make(wish: Omit<Wish, 'machine' | 'project'>): Promise<string> {
    const { machine, project } = this.place();
    const ledger = await this.relay.openEdits();
    return ledger.make({ machine, project, ...wish });
  }
}

function sets({ change }: Edit, field: string): boolean {
  return change.type === 'update_frontmatter' && field in change.fields;
}
