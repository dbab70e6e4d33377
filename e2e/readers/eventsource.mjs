// Reads a feed with the npm package `eventsource`, and says its events on standard error.
//
//   KEY=… node eventsource.mjs ADDRESS
import { EventSource } from 'eventsource';

import { NAMES, tellAll } from './events.mjs';

const [address] = process.argv.slice(2);
const authorization = `Bearer ${process.env.KEY}`;
const source = new EventSource(address, {
  fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, authorization } }),
});
tellAll(source, NAMES, (text) => console.error(text));
