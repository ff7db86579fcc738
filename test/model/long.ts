import { availableParallelism } from 'node:os';
import { tell } from './tell.js';
import { modes } from './tale.js';

const talesEach = 100;

/** `long.ts MINUTES`: new seeds on every processor until the time is over; each law that is broken is told on the way. */
async function main(minutes: number): Promise<void> {
  const first = Date.now() % 1_000_000_000;
  const endsAt = Date.now() + minutes * 60_000;
  let next = 0;
  let broken = 0;
  const work = async () => {
    while (Date.now() < endsAt) {
      const mode = modes[next % modes.length] ?? 'istio';
      const seed = first + next++;
      const said = await tell(mode, talesEach, seed);
      process.stdout.write(`${mode} seed ${seed}: ${said === '' ? 'ok' : said}\n`);
      if (said !== '') broken += 1;
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  process.stdout.write(
    `${next * talesEach} tales, ${broken === 0 ? 'no law broken' : `${broken} seeds broke a law`}\n`,
  );
  process.exitCode = broken === 0 ? 0 : 1;
}

await main(Number(process.argv[2] ?? 60));
