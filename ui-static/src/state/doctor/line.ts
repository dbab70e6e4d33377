// One finding: what was tried, what came of it, and, where something is wrong, why and what to do.

export type Verdict = 'ok' | 'note' | 'warn' | 'bad';

export interface Line {
  /** Short and the same in every language: what a report is searched by. */
  name: string;
  verdict: Verdict;
  tried: string;
  result: string;
  cause?: string;
  advice?: string;
}

/** The worst of some findings. */
export function worst(lines: readonly Line[]): Verdict {
  const order: readonly Verdict[] = ['bad', 'warn', 'note'];
  return order.find((verdict) => lines.some((line) => line.verdict === verdict)) ?? 'ok';
}

/** The findings as text to be sent to somebody: without keys, for none is ever in them. */
export function reportText(head: readonly string[], lines: readonly Line[]): string {
  const marks: Record<Verdict, string> = { ok: 'ok', note: 'note', warn: 'WARN', bad: 'BAD' };
  const rows = lines.flatMap(({ name, verdict, tried, result, cause, advice }) => [
    `${marks[verdict].padEnd(5)}${name.padEnd(10)} ${tried}: ${result}`,
    ...(cause ? [`               ${cause}`] : []),
    ...(advice ? [`               → ${advice}`] : []),
  ]);
  return [...head, '', ...rows, ''].join('\n');
}
