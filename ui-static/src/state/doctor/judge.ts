// What the timings of a look into the way mean. Pure: the same signatures as the bridge's doctor.

import { doctorWords } from '../../words/doctor';
import type { Arrival } from '../../wire/probe';
import type { Line } from './line';

/** Events that arrive within this of each other came together, in milliseconds. */
const TOGETHER_MS = 50;
/** A delay of the first event past that of the fastest that a person may notice. */
const LATE_MS = 120;
/** A round trip that is felt with every tap. */
const SLOW_MS = 400;
/** How far apart clocks may be, in seconds, before it is worth a word. */
const SKEW_S = 30;

export type Signature = 'singly' | 'held' | 'lumps' | 'behind' | 'late' | 'cut';

/** What a box on the way does to a stream of so many events. */
export function signature(arrivals: readonly Arrival[], planned: number): Signature {
  if (arrivals.length < Math.min(planned, 2)) return 'held';
  if (arrivals.length < planned) return 'cut';
  const pairs = arrivals.slice(1).map((next, index) => [arrivals[index] ?? next, next] as const);
  const within = (part: 'sent' | 'arrived') =>
    pairs.filter(([one, next]) => next[part] - one[part] < TOGETHER_MS).length;
  const together = within('arrived');
  if (together > within('sent')) {
    // Nothing came until the end pushed it all out, or each came with the one after it.
    if (together === pairs.length) return 'held';
    return together === 1 && arrivals.length > 3 ? 'behind' : 'lumps';
  }
  const lags = arrivals.map(({ sent, arrived }) => arrived - sent);
  return (lags[0] ?? 0) - Math.min(...lags) > LATE_MS ? 'late' : 'singly';
}

export function judgeStream(arrivals: readonly Arrival[], planned: number): Line {
  const words = doctorWords().stream;
  const found = signature(arrivals, planned);
  const first = Math.round(arrivals[0]?.arrived ?? 0);
  const line = { name: 'stream', tried: words.tried(planned) };
  if (found === 'singly') return { ...line, verdict: 'ok', result: words.singly(first) };
  const result = found === 'cut' ? words.cut(arrivals.length, planned) : words[found];
  return { ...line, verdict: 'warn', result, cause: words.cause, advice: words.advice };
}

export function judgeClock(skewMs: number): Line {
  const words = doctorWords().clock;
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  const line = { name: 'clock', tried: words.tried, result: words.near(seconds) };
  if (seconds <= SKEW_S) return { ...line, verdict: 'ok' };
  return { ...line, verdict: 'warn', cause: words.cause, advice: words.advice };
}

export function judgeLatency(times: readonly number[]): Line {
  const words = doctorWords().latency;
  const sorted = [...times].sort((left, right) => left - right);
  const median = Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0);
  const result = words.result(median, Math.round(sorted.at(-1) ?? 0));
  const line = { name: 'latency', tried: words.tried, result };
  if (median <= SLOW_MS) return { ...line, verdict: 'ok' };
  return { ...line, verdict: 'note', cause: words.slow, advice: words.slowAdvice };
}

/** A body of `count` bytes of which `came` arrived after `ms`. */
export function judgeTransfer(way: 'up' | 'down', count: number, came: number, ms: number): Line {
  const words = doctorWords();
  const line = { name: way, tried: words[way].tried(sizeWords(count)) };
  if (came !== count) {
    const { short, cause, advice } = words[way];
    return { ...line, verdict: 'bad', result: short(sizeWords(came)), cause, advice };
  }
  const megabits = (count * 8) / 1000 / Math.max(ms, 0.1);
  const speed = words.speed(megabits >= 10 ? megabits.toFixed(0) : megabits.toFixed(1));
  return { ...line, verdict: 'ok', result: words[way].result(speed) };
}

/** Which HTTP the browser speaks (null where it is not told), and the last box before the relay. */
export function judgeHttp(here: string | null, there: string, via: string | null): Line {
  const words = doctorWords().http;
  const said = words.result(here ?? words.hidden, there);
  const result = via === null ? said : `${said}, ${words.via(via)}`;
  const line = { name: 'http', tried: words.tried, result };
  if (here !== 'http/1.1') return { ...line, verdict: 'ok' };
  return { ...line, verdict: 'note', cause: words.old, advice: words.oldAdvice };
}

/** `3 KiB`, `1.5 MiB`. */
export function sizeWords(bytes: number): string {
  const kib = bytes / 1024;
  if (kib < 1024) return `${Math.round(kib)} KiB`;
  return `${(kib / 1024).toFixed(1).replace(/\.0$/, '')} MiB`;
}
