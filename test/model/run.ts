import * as fc from 'fast-check';
import { holds } from './holds.js';
import { isMode, tales } from './tale.js';

/** `run.ts MODE RUNS SEED`: tells so many tales of one mode; the first that fails is told in short and ends it with 1. */
async function main([mode = '', runs = '', seed = '']: readonly string[]): Promise<void> {
  if (!isMode(mode)) throw new Error(`there is no mode ${mode}`);
  await fc.assert(fc.asyncProperty(tales(mode), holds), { numRuns: Number(runs), seed: Number(seed) });
}

main(process.argv.slice(2)).catch((thrown: unknown) => {
  process.stderr.write(`${thrown instanceof Error ? describe(thrown) : String(thrown)}\n`);
  process.exitCode = 1;
});

function describe(error: Error): string {
  const cause = error.cause instanceof Error ? `\n${error.cause.message}` : '';
  return `${error.message.split('\n').slice(0, 4).join('\n')}${cause}`;
}
