// The list of every screen and state, out of the files in `scenes/`: the one list for axe, for the
// walks of the other gates and for the pictures.
//
// A scene is
//   { name, go(user, stand),     the way there from the machines' screen, by clicking; ends when it is seen
//     signedOut?,                seen by somebody who is not signed in
//     undo?(user, stand),        sets right what `go` did to machines or the relay (files are put back anyway)
//     changes?,                  true where `go` changes files or leaves commands behind
//     only?,                     'desk' or 'phone', where the other has no such thing
//     picture? }                 the pictures of it that stand in docs/images: ['desk-light', …]

import { readdirSync } from 'node:fs';

const folder = new URL('scenes/', import.meta.url);

/** All scenes, in the order of the files' names. */
export async function loadScenes() {
  const files = readdirSync(folder).filter((name) => name.endsWith('.mjs'));
  const modules = await Promise.all(files.sort().map((name) => import(new URL(name, folder))));
  const scenes = modules.flatMap((module) => module.default);
  const twice = scenes.find(({ name }, at) => scenes.findIndex((s) => s.name === name) !== at);
  if (twice) throw new Error(`two scenes are called ${twice.name}`);
  return scenes;
}
