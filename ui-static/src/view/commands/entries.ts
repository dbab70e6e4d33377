// What the command palette offers: what can be done with the spec that is open, everything the keys
// do, and every place to go to.

import { PRIORITIES } from '../../state/editing/words';
import { refusedWhy } from '../../state/editing/may';
import { preferences, type Preferences } from '../../state/preferences.svelte';
import type { RelayState } from '../../state/relay.svelte';
import { statusName, statusOf, STATUSES } from '../../state/spec-facts';
import { commandWords } from '../../words/commands';
import { listWords } from '../../words/list';
import { navWords } from '../../words/nav';
import { settingsWords } from '../../words/settings';
import { LANGUAGES } from '../../words/speech.svelte';
import { sheets } from '../editing/sheets.svelte';
import { circumstances, SpecEdits } from '../editing/spec-edits.svelte';
import { keys } from '../keys.svelte';
import { type Page, projectPage, SETTINGS } from '../route';
import { router } from '../router.svelte';
import { type Action, actions } from './actions.svelte';
import { nearSpecs } from './spec-entries';

/** Keys that only move about, or mean nothing once the palette has the focus. */
const NOT_OFFERED = /Arrow|^(Space|Escape|Enter|[jk/?]|Mod\+k)$/;

const to = (page: Page) => () => {
  location.hash = router.href(page);
};

/** Everything, most likely wanted first. */
export function entries(relay: RelayState): Action[] {
  return [
    ...openSpec(relay),
    ...actions.all,
    ...fromKeys(),
    ...making(relay),
    ...places(relay),
    ...settings(),
    ...nearSpecs(relay),
  ];
}

/** Edits of the spec that is open. */
function openSpec(relay: RelayState): Action[] {
  const { page } = router.route;
  if (page.name !== 'spec') return [];
  const place = { machine: page.machine, project: page.project, spec: page.spec };
  const spec = relay.held(page.machine, page.project)?.find(page.spec)?.spec ?? null;
  if (!spec) return [];
  const edits = new SpecEdits(
    relay,
    () => place,
    () => spec,
  );
  const words = commandWords();
  const priorities = listWords().priority;
  const base = { kind: 'open' as const, why: edits.why('frontmatter') };
  return [
    ...STATUSES.filter((status) => status !== statusOf(edits.summary)).map((status) => ({
      ...base,
      id: `status ${status}`,
      label: words.setTo(words.status, statusName(status)),
      more: `status ${status}`,
      status,
      run: () => edits.setField('status', status),
    })),
    ...[...PRIORITIES, null].map((priority) => ({
      ...base,
      id: `priority ${priority}`,
      label: words.setTo(
        words.priority,
        priority === null ? words.noPriority : priorities[priority],
      ),
      more: `priority ${priority ?? 'none'}`,
      run: () => edits.setField('priority', priority),
    })),
    ...(['tags', 'assignee'] as const).map((name) => ({
      ...base,
      id: name,
      label: words[name],
      run: () => sheets.show({ name, ...place }),
    })),
  ];
}

/** What the keys of this screen do. */
function fromKeys(): Action[] {
  const seen = new Set<string>();
  return keys.all.flatMap((shortcut) => {
    if (NOT_OFFERED.test(shortcut.keys) || seen.has(shortcut.keys)) return [];
    seen.add(shortcut.keys);
    const label = shortcut.words();
    const run = () => void shortcut.run(new KeyboardEvent('keydown'));
    return [{ id: `key ${shortcut.keys}`, kind: 'do' as const, label, keys: shortcut.keys, run }];
  });
}

function making(relay: RelayState): Action[] {
  const { page } = router.route;
  if (!('project' in page)) return [];
  const { machine, project } = page;
  return [
    {
      id: 'new spec',
      kind: 'do',
      label: commandWords().newSpec,
      more: 'create',
      why: refusedWhy('create', circumstances(relay, page)),
      run: () => sheets.show({ name: 'create', machine, project }),
    },
  ];
}

function places(relay: RelayState): Action[] {
  const words = commandWords();
  const nav = navWords();
  return [
    ...relay.machines.flatMap((machine): Action[] => [
      {
        id: `machine ${machine.id}`,
        kind: 'go',
        label: machine.name,
        detail: words.machine,
        hue: relay.hue(machine.id),
        run: to({ name: 'machine', machine: machine.id }),
      },
      ...relay.projects(machine.id).map((project) => ({
        id: `project ${machine.id}/${project.id}`,
        kind: 'go' as const,
        label: words.on(project.name, machine.name),
        detail: words.project,
        hue: relay.hue(machine.id),
        run: to(projectPage(machine.id, project.id)),
      })),
    ]),
    ...(['machines', 'activity', 'inbox'] as const).map((name) => ({
      id: `page ${name}`,
      kind: 'go' as const,
      label: nav[name],
      more: name,
      run: to({ name }),
    })),
  ];
}

function settings(): Action[] {
  const words = commandWords();
  const own = settingsWords();
  const themes: Preferences['theme'][] = ['system', 'light', 'dark'];
  return [
    ...SETTINGS.map((part) => ({
      id: `settings ${part}`,
      kind: 'set' as const,
      label: own.part[part],
      detail: own.title,
      more: `settings ${part}`,
      run: to({ name: 'settings', part }),
    })),
    ...themes.map((theme) => ({
      id: `theme ${theme}`,
      kind: 'set' as const,
      label: words.theme(own.theme[theme]),
      more: `theme ${theme}`,
      run: () => preferences.set({ theme }),
    })),
    ...(Object.keys(LANGUAGES) as (keyof typeof LANGUAGES)[]).map((language) => ({
      id: `language ${language}`,
      kind: 'set' as const,
      label: words.language(LANGUAGES[language]),
      more: `language ${language}`,
      run: () => preferences.set({ language }),
    })),
  ];
}
