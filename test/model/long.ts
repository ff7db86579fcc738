import { availableParallelism } from 'node:os';
import { tell } from './tell.js';
import { modes } from './tale.js';

const talesEach = 100;

/** `long.ts MINUTES`: new seeds on every processor until the time is over or a law is broken. */
async function main(minutes: number): Promise<void> {
  const first = Date.now() % 1_000_000_000;
  const endsAt = Date.now() + minutes * 60_000;
  let next = 0;
  let isBroken = false;
  const work = async () => {
    while (Date.now() < endsAt && !isBroken) {
      const mode = modes[next % modes.length] ?? 'istio';
      const seed = first + next++;
      const said = await tell(mode, talesEach, seed);
      process.stdout.write(`${mode} seed ${seed}: ${said === '' ? 'ok' : said}\n`);
      if (said !== '') isBroken = true;
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  process.stdout.write(`${next * talesEach} tales, ${isBroken ? 'a law was broken' : 'no law broken'}\n`);
  process.exitCode = isBroken ? 1 : 0;
}

await main(Number(process.argv[2] ?? 60));
