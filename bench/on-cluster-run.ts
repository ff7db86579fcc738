import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { freePort, until } from './probe.js';

/** Every measurement on the cluster of KUBECONFIG in turn, each with a controller of its own; JSON of each in a folder. */
const { values: flags } = parseArgs({
  options: {
    n: { type: 'string', default: '50' },
    idle: { type: 'string', default: '500' },
    out: { type: 'string', default: 'bench-out' },
  },
});

interface Case {
  readonly name: string;
  readonly args: readonly string[];
  /** It starts controllers itself. */
  readonly isAlone?: true;
}

const cases: readonly Case[] = [
  { name: 'update-one', args: ['bench/update.ts', '--n', '1', '--replicas', '5'] },
  { name: 'update', args: ['bench/update.ts', '--n', flags.n, '--replicas', '1'] },
  { name: 'react', args: ['bench/react.ts'] },
  { name: 'react-beside-idle', args: ['bench/react.ts', '--idle', flags.idle] },
  { name: 'analysis-web', args: ['bench/analysis.ts'] },
  { name: 'analysis-prometheus', args: ['bench/analysis.ts', '--provider', 'prometheus'] },
  { name: 'idle', args: ['bench/idle.ts', '--n', flags.idle], isAlone: true },
];

async function run({ name, args }: Case, metrics: readonly string[]): Promise<void> {
  process.stderr.write(`\n${name}\n`);
  const namespace = `sluice-bench-${name}`;
  const all = ['--import=tsx', ...args, '--namespace', namespace, ...metrics];
  const measurement = spawn(process.execPath, all, { stdio: ['ignore', 'pipe', 'inherit'] });
  measurement.stdout.pipe(createWriteStream(`${flags.out}/${name}.json`));
  const [code] = await once(measurement, 'exit');
  if (code !== 0) process.exitCode = 1;
}

async function beside(measurement: Case): Promise<void> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/metrics`;
  const args = ['dist/sluice.mjs', 'controller', '--metricsport', String(port), '--healthzPort', '0'];
  const controller = spawn(process.execPath, args, { stdio: 'ignore' });
  try {
    await until('a controller', async () => /^sluice_leader 1$/m.test(await (await fetch(url)).text()), 200);
    await sleep(2000);
    await run(measurement, ['--metrics', url]);
  } finally {
    controller.kill('SIGTERM');
    await once(controller, 'exit');
  }
}

await mkdir(flags.out, { recursive: true });
for (const one of cases) await (one.isAlone === true ? run(one, []) : beside(one));
