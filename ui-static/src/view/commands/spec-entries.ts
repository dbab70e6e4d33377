// Specs as the command palette offers them: those of the projects that this page holds, and those of
// all others, which are looked through while something is searched.

import { type FarBook, type FarPlace, FarSpecs } from '../../state/far-specs.svelte';
import type { RelayState } from '../../state/relay.svelte';
import { numberText, statusOf } from '../../state/spec-facts';
import type { Spec } from '../../wire/types';
import { commandWords } from '../../words/commands';
import { specPage } from '../route';
import { router } from '../router.svelte';
import type { Action } from './actions.svelte';

const kept = new WeakMap<RelayState, FarSpecs>();

/** The specs of every project that was opened. */
export function nearSpecs(relay: RelayState): Action[] {
  return [...relay.places()].flatMap((place) => {
    const [machine = '', project = ''] = place.split('/');
    const specs = relay.bookOf(place)?.specs ?? [];
    return offered(relay, 'spec', { machine, project, specs });
  });
}

/** What was found in projects that nobody opened. */
export function farSpecs(relay: RelayState, books: readonly FarBook[]): Action[] {
  return books.flatMap((book) => offered(relay, 'far', book));
}

/** Looks through them: the relay's own, else this device's copy. */
export function farSpecsOf(relay: RelayState): FarSpecs {
  let far = kept.get(relay);
  if (!far) {
    far = new FarSpecs(async ({ machine, project }) => {
      try {
        return (await relay.api.specs(machine, project)).items;
      } catch (cause) {
        const copy = await relay.savedSpecs(`${machine}/${project}`);
        if (copy) return copy;
        throw cause;
      }
    });
    kept.set(relay, far);
  }
  return far;
}

/** The projects whose specs this page does not hold. */
export function farPlaces(relay: RelayState): FarPlace[] {
  return relay.machines.flatMap((machine) =>
    relay
      .projects(machine.id)
      .filter((project) => !relay.bookOf(`${machine.id}/${project.id}`)?.ready)
      .map((project) => ({ machine: machine.id, project: project.id })),
  );
}

function offered(
  relay: RelayState,
  kind: 'spec' | 'far',
  { machine, project, specs }: FarPlace & { specs: readonly Spec[] },
): Action[] {
  const owner = relay.machine(machine)?.name ?? machine;
  const name = relay.project(machine, project)?.name ?? project;
  return specs.map((spec) => ({
    id: `spec ${machine}/${project}/${spec.path}`,
    kind,
    label: `${numberText(spec.summary.number)} ${spec.summary.title || spec.path}`.trim(),
    detail: commandWords().on(name, owner),
    more: (spec.summary.tags ?? []).join(' '),
    status: statusOf(spec.summary),
    hue: relay.hue(machine),
    run: () => {
      location.hash = router.href(specPage(machine, project, spec.path));
    },
  }));
}
