import { vi } from 'vitest';

import { KeptEdits } from '../../../src/state/editing/kept';
import { EditLedger } from '../../../src/state/editing/ledger.svelte';
import type { Wish } from '../../../src/state/editing/new-edit';
import type { Command } from '../../../src/wire/types';
import { fakeRelay, machine, ORIGIN } from '../../wire/fake-relay';
import { command, FILE } from './samples';

const CURSOR = { 'leanspec-cursor': '10.aa' };

/** A ledger over a relay that the test answers for, and a page that shows what the test says. */
export function open(stored = new Map<string, string>()) {
  const { api, asked } = fakeRelay();
  const page = {
    hash: 'h0' as string | null,
    text: null as string | null,
    online: true,
    away: false,
  };
  const store = {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, text: string) => void stored.set(name, text),
  };
  const around = {
    machine: (id: string) => machine(id, { online: page.online }),
    hashOf: () => page.hash,
    textHashOf: () => page.text ?? page.hash,
    mainFile: () => FILE,
    away: () => page.away,
  };
  const ledger = new EditLedger(api, around, new KeptEdits(ORIGIN, store));
  let seq = 10;
  return {
    ledger,
    asked,
    page,
    stored,
    phases: () => ledger.list.map(({ phase }) => phase),
    /** The body and key of a request. */
    sent: (at: number) => ({
      body: JSON.parse(String(asked[at]?.init.body)) as Record<string, unknown>,
      key: new Headers(asked[at]?.init.headers).get('idempotency-key'),
    }),
    async answer(at: number, body: unknown, status = 202) {
      asked[at]?.answer(status, JSON.stringify(body), CURSOR);
      await vi.advanceTimersByTimeAsync(0);
    },
    async problem(at: number, status: number, code: string, retry = false) {
      const problem = { type: '', title: code, status, code, detail: `${code}.`, retry };
      asked[at]?.answer(status, JSON.stringify(problem));
      await vi.advanceTimersByTimeAsync(0);
    },
    async cut(at: number) {
      asked[at]?.cut();
      await vi.advanceTimersByTimeAsync(0);
    },
    hear(one: Command) {
      seq += 1;
      ledger.hear(one, seq);
    },
    /** The page shows the file with this hash now. */
    show(hash: string) {
      page.hash = hash;
      ledger.look();
    },
    async load(commands: Command[] = []) {
      const at = asked.length;
      const loading = ledger.load();
      await vi.advanceTimersByTimeAsync(0);
      asked[at]?.answer(200, JSON.stringify({ commands }), CURSOR);
      await loading;
    },
  };
}

/** A wish to set the status. */
export const status = (value: string, more: Partial<Wish> = {}): Wish => ({
  machine: 'm1',
  project: 'p1',
  change: {
    type: 'update_frontmatter',
    spec: '001-a',
    fields: { status: value },
    seen: { status: 'planned' },
  },
  seenHash: 'h0',
  ...more,
});
/** A command that was applied and left this hash. */
export const applied = (id: string, hash: string) =>
  command(id, 'applied', {
    outcome: { hash, file: FILE, changes: [{ field: 'status', from: 'planned', to: 'x' }] },
  });
