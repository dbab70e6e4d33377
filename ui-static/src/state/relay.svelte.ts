// All that one relay told this page, kept up to date by its feed. What the events mean is decided
// here; how they travel in wire/, how they look in view/.

import { SvelteMap } from 'svelte/reactivity';

import { RelayApi } from '../wire/api';
import { RelayFailure } from '../wire/failure';
import type { FeedSource, Link } from '../wire/feed';
import { LateFeed } from '../wire/late-feed';
import type { Cursor, FeedEvent, Machine, Project, Spec } from '../wire/types';
import { SOFT_AFTER_MS } from './freshness';
import { FrameBatch } from './batch';
import { clock } from './clock.svelte';
import { Joint } from './join';
import type { TextKeeper } from './document.svelte';
import { around, type ShownText } from './editing/around';
import type { EditLedger } from './editing/ledger.svelte';
import { machineHues } from './machine-colour';
import { preferences } from './preferences.svelte';
import { byName, upserted } from './sorted';
import { shownBy } from './saved/copy';
import { Keeper } from './saved/keeper';
import type { SavedStore } from './saved/saved';
import { SpecBook, type SpecEvent } from './specs.svelte';

type MachineEvent = Extract<FeedEvent, { kind: 'machine' | 'machine_gone' }>;
type ProjectEvent = Extract<FeedEvent, { kind: 'project' | 'project_gone' }>;
type Arrived = { event: FeedEvent; seq: number };
/** Gets what the feed told, before the state takes it over. */
export type Listener = (events: readonly FeedEvent[]) => void;

/** What a browser has beside the network. */
export interface Outside {
  /** Where a copy is kept; null where none is. */
  store?: SavedStore | null;
  /** A name by which the tabs find each other that share one stream. */
  tabs?: string;
}

export class RelayState {
  readonly api: RelayApi;
  readonly feed: FeedSource;
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

  /** When what is shown was last known to be so, while it is this device's copy; else null. */
  savedAt: number | null = $state(null);
  /** The text of a file on the screen; null when there is none. */
  shownText: ShownText | null = null;

  private savedBooks: Record<string, number> = {};
  private readonly keeper: Keeper | null;
  private readonly restoring: Promise<void>;
  private editsOpening: Promise<EditLedger> | null = null;
  private readonly hues = $derived(machineHues(this.machines.map(({ id }) => id)));
  private readonly projectsOf = new SvelteMap<string, readonly Project[]>();
  private awayTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly machinesJoint = new Joint<MachineEvent>();
  private readonly projectJoints = new Map<string, Joint<ProjectEvent>>();
  private readonly books = new Map<string, SpecBook>();
  private readonly listeners = new Set<Listener>();
  private readonly batch = new FrameBatch<Arrived>((arrived) => this.apply(arrived));

  constructor(
    readonly origin: string,
    key: string,
    fetcher?: typeof fetch,
    { store = null, tabs = origin }: Outside = {},
  ) {
    this.api = new RelayApi(origin, key, fetcher);
    this.keeper = store && new Keeper(store, origin, shownBy(this));
    this.feed = new LateFeed(tabs, this.api, {
      load: () => this.load(),
      onHello: (hello) => {
        this.server = hello.server;
        clock.learn(hello.time);
      },
      onEvent: (event, cursor) => this.batch.push({ event, seq: cursor.seq }),
      onLink: (link) => this.noteLink(link),
    });
    this.restoring = this.restore();
  }

  /** Where the texts of files are kept; null when nothing is. */
  get texts(): TextKeeper | null {
    return this.keeper;
  }

  /** Whether there is something to show: what the relay said, or this device's copy of it. */
  get filled(): boolean {
    return this.ready || this.savedAt !== null;
  }

  /** When a project was last known to be as it is shown, while that is a copy; else null. */
  savedAtOf(machine: string, project: string): number | null {
    return this.books.get(`${machine}/${project}`)?.savedAt ?? this.savedAt;
  }

  /** Writes down what is to be kept, and then no more: the page turns to another relay. */
  async close(): Promise<void> {
    await this.keeper?.close();
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

  /** The specs of a project as far as they were asked for; null when they were not. */
  held(machine: string, project: string): SpecBook | null {
    return this.books.get(`${machine}/${project}`) ?? null;
  }

  /** The specs of a project; fetched when nobody asked for them before. */
  specs(machine: string, project: string): SpecBook {
    const key = `${machine}/${project}`;
    let book = this.books.get(key);
    if (!book) {
      book = new SpecBook();
      this.books.set(key, book);
      void this.restoreSpecs(key, book);
    }
    return book;
  }

  /** This device's copy of the specs of a project; null when there is none. */
  async savedSpecs(place: string): Promise<readonly Spec[] | null> {
    return (await this.keeper?.book(place)) ?? null;
  }

  /** The specs of a project, by `machine/project`; null when nobody asked for them. */
  bookOf(place: string): SpecBook | null {
    return this.books.get(place) ?? null;
  }

  /** The projects whose specs somebody asked for, as `machine/project`. */
  places(): Iterable<string> {
    return this.books.keys();
  }

  /** Fetches the specs of a project unless they are held already. */
  async open(machine: string, project: string): Promise<void> {
    const book = this.specs(machine, project);
    if (!book.joint.held && !book.joint.awaited) await this.loadSpecs(machine, project);
  }

  /** Tells of everything that the feed brings; returns what ends it. */
  watch(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The edits under way. Their code is fetched with the first call. */
  openEdits(): Promise<EditLedger> {
    this.editsOpening ??= import('./editing/ledger.svelte')
      .then(({ EditLedger }) => this.startEdits(new EditLedger(this.api, around(this))))
      .catch((cause: unknown) => {
        this.editsOpening = null;
        throw cause;
      });
    return this.editsOpening;
  }

  /** The text on the screen is this version of a file now; null when there is none. */
  showsText(shown: ShownText | null): void {
    this.shownText = shown;
    this.edits?.look();
  }

  private startEdits(ledger: EditLedger): EditLedger {
    this.edits = ledger;
    // Not reached: the feed fetches them with everything else when it is back.
    ledger.load().catch(() => undefined);
    return ledger;
  }

  /** Shows this device's copy, unless the relay was faster. */
  private async restore(): Promise<void> {
    const saved = await this.keeper?.relay();
    if (!saved || this.machinesJoint.held) return;
    this.machines = [...saved.machines].sort(byName);
    for (const { id } of this.machines) {
      const projects = saved.projects.filter(({ machine }) => machine === id);
      this.projectsOf.set(id, projects.sort(byName));
    }
    this.savedBooks = saved.books;
    this.savedAt = saved.at;
    this.away = true;
  }

  private async restoreSpecs(place: string, book: SpecBook): Promise<void> {
    const [specs] = await Promise.all([this.savedSpecs(place), this.restoring]);
    if (specs) book.restore(specs, this.savedBooks[place] ?? 0);
  }

  private noteLink(link: Link): void {
    this.link = link;
    this.keeper?.touch();
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
    this.savedAt = null;
    this.keeper?.touch();
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
      this.keeper?.touch(`${machine}/${project}`);
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
    for (const listener of this.listeners) listener(arrived.map(({ event }) => event));
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
        const place = `${about.machine}/${about.project}`;
        const book = this.books.get(place);
        if (book) bySpecs.set(book, [...(bySpecs.get(book) ?? []), { seq, event }]);
        this.keeper?.touch(place);
      }
    }
    for (const [book, events] of bySpecs) book.take(events, clock.exact());
    if (bySpecs.size > 0) this.edits?.look();
    this.keeper?.touch();
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
