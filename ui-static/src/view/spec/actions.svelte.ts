// What can be done with the spec that is open, besides editing it. The menu, the keys and the command
// palette all read it from here.

import { numberText } from '../../state/spec-facts';
import type { RelayState } from '../../state/relay.svelte';
import type { Spec } from '../../wire/types';
import { documentWords } from '../../words/document';
import { specPageWords } from '../../words/spec-page';
import type { Shortcut } from '../keys.svelte';
import { formatRoute, relayWord, type SpecPage, specPage } from '../route';
import { router } from '../router.svelte';
import { copying } from './copying.svelte';
import type { Other } from './others.svelte';
import { holding } from './reading.svelte';

export interface Act extends Shortcut {
  id: string;
  /** It is switched on. */
  pressed?: boolean;
}

interface Opened {
  relay: RelayState;
  page: SpecPage;
  spec: Spec;
  title: string;
  /** The text of the file that is shown. */
  text: string | null;
  raw: boolean;
  others: readonly Other[];
  /** All specs of the project, in the order of the list. */
  specs: readonly Spec[];
}

/** Its address for somebody else: with the relay, and with no key or code in it. */
export function addressOf(relay: RelayState, page: SpecPage): string {
  const hash = formatRoute({ relay: relayWord(relay.origin), page });
  return new URL(hash, location.href).href;
}

/** `#042 Title (MacBook)`. */
function nameOf({ relay, page, spec, title }: Opened): string {
  const number = numberText(spec.summary.number);
  return `${number ? `#${number} ` : ''}${title} (${relay.machine(page.machine)?.name ?? ''})`;
}

function inMarkdown(name: string, address: string): string {
  return `[${name.replace(/[\\[\]]/g, '\\$&')}](${address})`;
}

function neighbour({ page, specs }: Opened, step: 1 | -1): Spec | null {
  const at = specs.findIndex(({ path }) => path === page.spec);
  return at < 0 ? null : (specs[at + step] ?? null);
}

function goTo({ page }: Opened, spec: Spec | null): boolean {
  if (!spec) return false;
  location.hash = router.href(specPage(page.machine, page.project, spec.path));
  return true;
}

export function actsOf(opened: Opened): Act[] {
  const { relay, page, text, raw, others } = opened;
  const words = specPageWords().act;
  const done = documentWords();
  const address = addressOf(relay, page);
  const name = nameOf(opened);
  return [
    {
      id: 'link',
      keys: 'y',
      words: () => words.copyLink,
      run: () => void copying.copy(`${name} ${address}`, done.copiedLink),
    },
    {
      id: 'markdown',
      keys: 'Alt+m',
      words: () => words.copyMarkdown,
      run: () => void copying.copy(inMarkdown(name, address), done.copiedLink),
    },
    {
      id: 'text',
      keys: 'Alt+c',
      words: () => words.copyText,
      run: () => (text === null ? false : void copying.copy(text, done.copiedText)),
    },
    ...(typeof navigator.share === 'function'
      ? [
          {
            id: 'share',
            keys: 'Alt+y',
            words: () => words.share,
            // Called off by its user: nothing happened.
            run: () => void navigator.share({ title: name, url: address }).catch(() => undefined),
          },
        ]
      : []),
    ...others.map(({ machine }, index) => ({
      id: `compare ${machine.id}`,
      keys: index === 0 ? 'x' : `x ${index + 1}`,
      words: () => words.compare(machine.name),
      run: () => {
        const { machine: own, project, spec, file } = page;
        const target = { machine: own, project, spec, file, other: machine.id };
        location.hash = router.href({ name: 'compare', ...target });
      },
    })),
    {
      id: 'raw',
      keys: 'r',
      words: () => words.raw,
      pressed: raw,
      run: () => router.replace({ ...page, raw: !raw, heading: null }),
    },
    {
      id: 'hold',
      keys: 'h',
      words: () => (holding.on ? words.letGo : words.hold),
      pressed: holding.on,
      run: () => {
        holding.on = !holding.on;
        copying.say(holding.on ? words.held : words.letIn);
      },
    },
    { id: 'print', keys: 'Mod+p', words: () => words.print, run: () => window.print() },
    {
      id: 'previous',
      keys: '[',
      words: () => words.previous,
      run: () => goTo(opened, neighbour(opened, -1)),
    },
    {
      id: 'next',
      keys: ']',
      words: () => words.next,
      run: () => goTo(opened, neighbour(opened, 1)),
    },
  ];
}
