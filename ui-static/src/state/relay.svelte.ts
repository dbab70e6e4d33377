// All that one relay told this page, kept up to date by its feed. What the events mean is decided
// here; how they travel in wire/, how they look in view/.

import { SvelteMap } from 'svelte/reactivity';

import { RelayApi } from '../wire/api';
import { RelayFailure } from '../wire/failure';
import { Feed, type Link } from '../wire/feed';
import type { Cursor, FeedEvent, Machine, Project } from '../wire/types';
import { SOFT_AFTER_MS } from './freshness';
import { FrameBatch } from './batch';
import { clock } from './clock.svelte';
import { Joint } from './join';
import type { Around, EditLedger } from './editing/ledger.svelte';
import { machineHues } from './machine-colour';
import { preferences } from './preferences.svelte';
import { byName, upserted } from './sorted';
import { mainFile } from './spec-facts';
import { SpecBook, type SpecEvent } from './specs.svelte';

type MachineEvent = Extract<FeedEvent, { kind: 'machine' | 'machine_gone' }>;
type ProjectEvent = Extract<FeedEvent, { kind: 'project' | 'project_gone' }>;
type Arrived = { event: FeedEvent; seq: number };

export class RelayState {
  readonly api: RelayApi;
  readonly feed: Feed;
  /** By name. */
  machines: readonly Machine[] = $state.raw([]);
  /** Whether the machines and projects have been fetched once. */
  ready = $state(false);
  link: Link = $state.raw({ phase: 'connecting' });
  /** Since when the relay is not connected, by this device's clock; null while it is. */
  downSince: number | null = $state(Date.now());
  /** Not connected for longer than a blink: nothing on the page may be called live. */
  away = $state(false);
  /** The edits under way; null until somebody asked for them: the first screen shows none. */
  edits: EditLedger | null = $state.raw(null);
  /** What the relay calls itself, e.g. `leanspec-relay/0.1.0`. */
  server = $state('');

  private shownText: { machine: string; project: string; path: string; hash: string } | null = null;
  private readonly aroundEdits: Around = {
    machine: (id) => this.machine(id),
    hashOf: ({ machine, project, file }) => {
      const specs = this.books.get(`${machine}/${project}`)?.entries ?? [];
      const files = specs.flatMap(({ spec }) => spec.files);
      return files.find(({ path }) => path === file)?.hash ?? null;
    },
    textHashOf: (place) => {
      const { machine, project, path, hash } = this.shownText ?? {};
      const isIt = place.machine === machine && place.project === project && place.file === path;
      return (isIt ? hash : null) ?? this.aroundEdits.hashOf(place);
    },
    mainFile: (machine, project, path) => {
      const spec = this.books.get(`${machine}/${project}`)?.find(path)?.spec;
      return (spec && mainFile(spec)?.path) ?? `${path}/README.md`;
    },
    away: () => this.away,
  };
  private editsOpening: Promise<EditLedger> | null = null;
  private readonly hues = $derived(machineHues(this.machines.map(({ id }) => id)));
  private readonly projectsOf = new SvelteMap<string, readonly Project[]>();
  private awayTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly machinesJoint = new Joint<MachineEvent>();
  private readonly projectJoints = new Map<string, Joint<ProjectEvent>>();
  private readonly books = new Map<string, SpecBook>();
  private readonly batch = new FrameBatch<Arrived>((arrived) => this.apply(arrived));

  constructor(
    readonly origin: string,
    key: string,
    fetcher?: typeof fetch,
  ) {
    this.api = new RelayApi(origin, key, fetcher);
    this.feed = new Feed(this.api, {
      load: () => this.load(),
      onHello: (hello) => {
        this.server = hello.server;
        clock.learn(hello.time);
      },
      onEvent: (event, cursor) => this.batch.push({ event, seq: cursor.seq }),
      onLink: (link) => this.noteLink(link),
    });
  }

  machine(id: string): Machine | null {
    return this.machines.find((machine) => machine.id === id) ?? null;
  }

  /** The hue of a machine's colour, in degrees. */
  hue(machine: string): number {
    return preferences.now.hues[machine] ?? this.hues.get(machine) ?? 0;
  }

  projects(machine: string): readonly Project[] {
    return this.projectsOf.get(machine) ?? [];
  }

  project(machine: string, id: string): Project | null {
    return this.projects(machine).find((project) => project.id === id) ?? null;
  }

  /** The specs of a project; fetched when nobody asked for them before. */
  specs(machine: string, project: string): SpecBook {
    const key = `${machine}/${project}`;
    let book = this.books.get(key);
    if (!book) {
      book = new SpecBook();
      this.books.set(key, book);
    }
    return book;
  }

  /** Fetches the specs of a project unless they are held already. */
  async open(machine: string, project: string): Promise<void> {
    const book = this.specs(machine, project);
    if (!book.joint.held && !book.joint.awaited) await this.loadSpecs(machine, project);
  }

  /** The edits under way. Their code is fetched with the first call. */
  openEdits(): Promise<EditLedger> {
    this.editsOpening ??= import('./editing/ledger.svelte')
      .then(({ EditLedger }) => this.startEdits(new EditLedger(this.api, this.aroundEdits)))
      .catch((cause: unknown) => {
        this.editsOpening = null;
        throw cause;
      });
    return this.editsOpening;
  }

  /** The text on the screen is this version of a file now; null when there is none. */
  showsText(shown: { machine: string; project: string; path: string; hash: string } | null): void {
    this.shownText = shown;
    this.edits?.look();
  }

  private startEdits(ledger: EditLedger): EditLedger {
    this.edits = ledger;
    // Not reached: the feed fetches them with everything else when it is back.
    ledger.load().catch(() => undefined);
    return ledger;
  }

  private noteLink(link: Link): void {
    this.link = link;
    if (link.phase === 'live') {
      this.downSince = null;
      this.away = false;
      clearTimeout(this.awayTimer);
    } else if (this.downSince === null) {
      this.downSince = Date.now();
      this.awayTimer = setTimeout(() => (this.away = true), SOFT_AFTER_MS);
    }
  }

  /** Fetches all that is held, and returns the place from which the feed brings what comes after. */
  private async load(): Promise<Cursor> {
    this.batch.flush();
    this.machinesJoint.fetching();
    const { items, cursor } = await this.api.machines().catch((cause: unknown) => {
      this.machinesJoint.failed();
      throw cause;
    });
    this.machines = [...items].sort(byName);
    for (const event of this.machinesJoint.landed(cursor.seq)) this.applyMachine(event, cursor.seq);
    for (const id of this.projectsOf.keys()) if (!this.machine(id)) this.forget(id);
    // Everything else is fetched after the machines, so that their place is the lowest of all.
    await Promise.all([
      this.edits?.load(),
      ...items.map((machine) => this.loadProjects(machine.id)),
      ...[...this.books].map(([key]) => {
        const [machine = '', project = ''] = key.split('/');
        return this.loadSpecs(machine, project);
      }),
    ]);
    this.ready = true;
    return cursor;
  }

  private async loadProjects(machine: string): Promise<void> {
    const joint = this.projectJoint(machine);
    joint.fetching();
    try {
      const { items, cursor } = await this.api.projects(machine);
      this.projectsOf.set(machine, [...items].sort(byName));
      for (const event of joint.landed(cursor.seq)) this.applyProject(event);
    } catch (cause) {
      joint.failed();
      throw cause;
    }
  }

  private async loadSpecs(machine: string, project: string): Promise<void> {
    const book = this.specs(machine, project);
    book.joint.fetching();
    try {
      const { items, cursor } = await this.api.specs(machine, project);
      book.land(items, cursor.seq, clock.exact());
      this.edits?.look();
    } catch (cause) {
      book.joint.failed();
      // A project that was forgotten meanwhile must not keep everything else from loading.
      if (!(cause instanceof RelayFailure) || cause.code !== 'not_found') throw cause;
      this.books.delete(`${machine}/${project}`);
    }
  }

  private projectJoint(machine: string): Joint<ProjectEvent> {
    let joint = this.projectJoints.get(machine);
    if (!joint) {
      joint = new Joint();
      this.projectJoints.set(machine, joint);
    }
    return joint;
  }

  private apply(arrived: Arrived[]): void {
    const bySpecs = new Map<SpecBook, { seq: number; event: SpecEvent }[]>();
    for (const { event, seq } of arrived) {
      if (event.kind === 'machine' || event.kind === 'machine_gone') {
        if (this.machinesJoint.admit(seq, event)) this.applyMachine(event, seq);
      } else if (event.kind === 'project' || event.kind === 'project_gone') {
        const about = event.kind === 'project' ? event.project : event.gone;
        if (this.projectJoint(about.machine).admit(seq, event)) this.applyProject(event);
      } else if (event.kind === 'command') {
        this.edits?.hear(event.command, seq);
      } else {
        const about = event.kind === 'spec' ? event.spec : event.gone;
        const book = this.books.get(`${about.machine}/${about.project}`);
        if (book) bySpecs.set(book, [...(bySpecs.get(book) ?? []), { seq, event }]);
      }
    }
    for (const [book, events] of bySpecs) book.take(events, clock.exact());
    if (bySpecs.size > 0) this.edits?.look();
  }

  private applyMachine(event: MachineEvent, seq: number): void {
    if (event.kind === 'machine_gone') {
      this.machines = this.machines.filter((machine) => machine.id !== event.gone.id);
      this.forget(event.gone.id);
      return;
    }
    // A machine that the snapshot lacks had no projects then: all of them are still to come.
    const joint = this.projectJoint(event.machine.id);
    if (!this.machine(event.machine.id) && !joint.held) joint.landed(seq);
    this.machines = upserted(this.machines, event.machine, (machine) => machine.id, byName);
  }

  private applyProject(event: ProjectEvent): void {
    const about = event.kind === 'project' ? event.project : event.gone;
    const projects = this.projects(about.machine);
    if (event.kind === 'project') {
      const next = upserted(projects, event.project, (project) => project.id, byName);
      this.projectsOf.set(about.machine, next);
    } else {
      const next = projects.filter((project) => project.id !== about.id);
      this.projectsOf.set(about.machine, next);
      this.books.delete(`${about.machine}/${about.id}`);
    }
  }

  private forget(machine: string): void {
    this.projectsOf.delete(machine);
    this.projectJoints.delete(machine);
    for (const key of [...this.books.keys()]) {
      if (key.startsWith(`${machine}/`)) this.books.delete(key);
    }
  }
}
