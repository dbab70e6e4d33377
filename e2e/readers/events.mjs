// What the readers made of JavaScript have in common: an EventSource tells of an event only whoever
// asked for its name.

export const NAMES = [
  'hello', 'heartbeat', 'reset', 'bye',
  'machine', 'machine_gone', 'project', 'project_gone', 'spec', 'spec_gone', 'command',
];

/** Hands every event of these names on as it stood on the wire. */
export function tellAll(source, names, tell) {
  for (const name of names) {
    source.addEventListener(name, ({ data, lastEventId }) => {
      tell(`id: ${lastEventId}\nevent: ${name}\ndata: ${data}\n`);
    });
  }
}
