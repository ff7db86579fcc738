import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Resident memory of a process in MiB: now, and the most there ever was. */
export async function memoryOf(
  process_: ChildProcess,
): Promise<{ readonly rss: number; readonly peak: number }> {
  const status = await readFile(`/proc/${process_.pid}/status`, 'utf8');
  const mib = (field: string) => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024;
  return { rss: mib('VmRSS'), peak: mib('VmHWM') };
}

/** Processor time that a process has used so far, in seconds. */
export async function cpuOf(process_: ChildProcess): Promise<number> {
  const stat = await readFile(`/proc/${process_.pid}/stat`, 'utf8');
  const [userTicks = '0', systemTicks = '0'] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(userTicks) + Number(systemTicks)) / 100;
}

/** Time and memory of a Node process that does nothing. */
export async function measureBareNode(): Promise<{ readonly ms: number; readonly rss: number }> {
  const startedAt = performance.now();
  const bare = spawn(process.execPath, ['-e', 'console.log("up"); setTimeout(() => {}, 60000)']);
  await new Promise((resolve) => bare.stdout.once('data', resolve));
  const ms = performance.now() - startedAt;
  const { rss } = await memoryOf(bare);
  bare.kill('SIGKILL');
  return { ms, rss };
}

/** A port that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Asks every few milliseconds until `check` holds; fails after a minute. */
export async function until(what: string, check: () => Promise<boolean>, everyMs = 5): Promise<void> {
  const limit = performance.now() + 60_000;
  while (!(await check().catch(() => false))) {
    if (performance.now() > limit) throw new Error(`gave up waiting: ${what}`);
    await sleep(everyMs);
  }
}

/** The value of every series of a metric, by its labels. */
export async function scrape(url: string, metric: string): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(url)).text();
  const lines = text.split('\n').filter((line) => line.startsWith(`${metric}{`));
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf('}');
      return [line.slice(metric.length + 1, end), Number(line.slice(end + 1))];
    }),
  );
}
