import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Case } from './campaign.js';
import type { Difference } from './compare.js';

/** What a worker is given, and what it says of it. */
export interface Task {
  readonly index: number;
  readonly one: Case;
}
export interface Verdict {
  readonly index: number;
  readonly found: readonly Difference[];
}

/** Compares all cases in processes of their own, in whatever order; a worker that dies fails the run. */
export async function compareAll(
  cases: readonly Case[],
  workers: number,
  tick: (done: number) => void,
): Promise<readonly (readonly Difference[])[]> {
  const left = cases.map((one, index): Task => ({ index, one }));
  const verdicts: (readonly Difference[])[] = [];
  let done = 0;
  const serve = async (): Promise<void> => {
    const child = fork(fileURLToPath(new URL('worker.ts', import.meta.url)));
    try {
      for (let task = left.shift(); task !== undefined; task = left.shift()) {
        const { index, found } = await ask(child, task);
        verdicts[index] = found;
        tick((done += 1));
      }
    } finally {
      child.disconnect();
    }
  };
  await Promise.all(Array.from({ length: Math.min(workers, cases.length) }, serve));
  return verdicts;
}

function ask(child: ChildProcess, task: Task): Promise<Verdict> {
  return new Promise((resolve, reject) => {
    const die = (code: number | null): void => reject(new Error(`a worker ended with ${code}`));
    child.once('exit', die);
    child.once('message', (verdict: Verdict) => {
      child.off('exit', die);
      resolve(verdict);
    });
    child.send(task);
  });
}
