// Looks into the way between this browser and one relay, step by step; each finding is told as soon
// as it is there. A step that cannot be done ends those that need it.

import type { RelayApi } from '../../wire/api';
import { fetchBytes, pollOnce, protocolTo, readStream, sendBytes, timed } from '../../wire/probe';
import { doctorWords } from '../../words/doctor';
import {
  judgeClock,
  judgeHttp,
  judgeLatency,
  judgeStream,
  judgeTransfer,
  sizeWords,
} from './judge';
import type { Line } from './line';
import { wordsOf } from '../failure-words';

const CALLS = 5;
const DOWN_BYTES = 1 << 20;
/** What an ordinary text is at most, and what only some networks let pass. */
const UP_BYTES = [64 * 1024, 1 << 20];
/** Milliseconds before each event of the stream: enough apart to tell lumps from single ones. */
const GAPS_MS = [0, 250, 250, 250, 250, 250];
const POLL_S = 3;

export async function examine(api: RelayApi, tell: (line: Line) => void): Promise<void> {
  tell(lookAtPage());
  const reached = await step(api, 'reach', tell, () => reach(api));
  tell(await lookAtStore());
  if (!reached) return;
  if (!(await step(api, 'key', tell, () => showKey(api)))) return;
  await step(api, 'latency', tell, async () => {
    const times: number[] = [];
    for (let call = 0; call < CALLS; call += 1) {
      times.push((await timed(() => api.request('/healthz'))).ms);
    }
    return judgeLatency(times);
  });
  await step(
    api,
    'down',
    tell,
    async () => {
      const { value, ms } = await timed(() => fetchBytes(api, DOWN_BYTES));
      return judgeTransfer('down', DOWN_BYTES, value, ms);
    },
    DOWN_BYTES,
  );
  for (const count of UP_BYTES) {
    await step(
      api,
      'up',
      tell,
      async () => {
        const { value, ms } = await timed(() => sendBytes(api, count));
        return judgeTransfer('up', count, value.bytes, ms);
      },
      count,
    );
  }
  await step(api, 'clock', tell, async () => {
    const { value, ms } = await timed(() => sendBytes(api, 1));
    tell(judgeHttp(protocolTo(api.origin), value.http, value.via));
    return judgeClock(Date.now() - ms / 2 - value.time);
  });
  await step(api, 'stream', tell, async () =>
    judgeStream(await readStream(api, GAPS_MS), GAPS_MS.length),
  );
  await step(api, 'poll', tell, () => poll(api));
}

type Step = 'reach' | 'key' | 'latency' | 'down' | 'up' | 'clock' | 'stream' | 'poll';

/** Tells what came of a step; a failure is a finding too. Whether it was done. */
async function step(
  api: RelayApi,
  name: Step,
  tell: (line: Line) => void,
  work: () => Promise<Line>,
  count = 0,
): Promise<boolean> {
  try {
    tell(await work());
    return true;
  } catch (cause) {
    const result = wordsOf(cause);
    tell({ name, verdict: 'bad', result, ...failed(name, api, count) });
    return false;
  }
}

/** What was tried in a step that came to nothing, and what to do about it. */
function failed(name: Step, api: RelayApi, count: number): { tried: string; advice: string } {
  const words = doctorWords();
  switch (name) {
    case 'reach':
      return { tried: words.reach.tried(new URL(api.origin).host), advice: words.reach.advice };
    case 'down':
    case 'up':
      return { tried: words[name].tried(sizeWords(count)), advice: words[name].advice };
    case 'stream':
      return { tried: words.stream.tried(GAPS_MS.length), advice: words.stream.advice };
    case 'latency':
    case 'clock':
      return { tried: words[name].tried, advice: words.reach.advice };
    case 'key':
    case 'poll':
      return { tried: words[name].tried, advice: words[name].advice };
  }
}

function lookAtPage(): Line {
  const words = doctorWords().page;
  const scheme = location.protocol.replace(':', '');
  const line = { name: 'page', tried: words.tried };
  if (isSecureContext) return { ...line, verdict: 'ok', result: words.secure(scheme) };
  const { cause, advice } = words;
  return { ...line, verdict: 'warn', result: words.insecure, cause, advice };
}

async function reach(api: RelayApi): Promise<Line> {
  const words = doctorWords().reach;
  const { ms } = await timed(() => api.request('/healthz'));
  const tried = words.tried(new URL(api.origin).host);
  return { name: 'reach', verdict: 'ok', tried, result: words.result(Math.round(ms)) };
}

async function showKey(api: RelayApi): Promise<Line> {
  const words = doctorWords().key;
  const { scope } = await api.me();
  const scopes: Record<string, string> = words.scope;
  const result = words.result(scopes[scope] ?? scope);
  return { name: 'key', verdict: 'ok', tried: words.tried, result };
}

async function poll(api: RelayApi): Promise<Line> {
  const words = doctorWords().poll;
  const { value, ms } = await timed(() => pollOnce(api, POLL_S));
  const line = { name: 'poll', tried: words.tried };
  if (value) return { ...line, verdict: 'ok', result: words.works(Math.round(ms)) };
  const { cause, advice } = words;
  return { ...line, verdict: 'bad', result: words.fails, cause, advice };
}

async function lookAtStore(): Promise<Line> {
  const words = doctorWords().store;
  const line = { name: 'store', tried: words.tried };
  try {
    localStorage.setItem('leanspec.probe', '1');
    localStorage.removeItem('leanspec.probe');
    // Only where the page is secure does a browser say how much is in use.
    const used = (await navigator.storage?.estimate())?.usage ?? 0;
    return { ...line, verdict: 'ok', result: words.result(sizeWords(used)) };
  } catch {
    const { cause, advice } = words;
    return { ...line, verdict: 'warn', result: words.none, cause, advice };
  }
}
