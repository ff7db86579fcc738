import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { printYaml } from '#core/yaml/yaml.js';
import { AppError } from '#ports/errors.js';

export interface RunningPrometheus {
  /** Without a slash at the end. */
  readonly url: string;
  /** Replaces what it scrapes; picked up by itself within a second or two. */
  setTargets(targets: readonly ScrapeTarget[]): Promise<void>;
  close(): Promise<void>;
}

export interface ScrapeTarget {
  /** `host:port`; `/metrics` is scraped. */
  readonly address: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Starts a Prometheus of its own on loopback that scrapes every second what `setTargets` names (file discovery). */
export async function startPrometheus(binary: string, dir: string, port: number): Promise<RunningPrometheus> {
  const targetFile = join(dir, 'targets.json');
  await mkdir(join(dir, 'data'), { recursive: true });
  await writeFile(targetFile, '[]');
  await writeFile(join(dir, 'prometheus.yml'), printYaml(configuration(targetFile)));
  const child = spawn(
    binary,
    [
      `--config.file=${join(dir, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(dir, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--storage.tsdb.retention.time=1d',
      '--log.level=warn',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-2000)));
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url, child, () => errors);
  let written = 0;
  return {
    url,
    setTargets: async (targets) => {
      const groups = targets.map((target) => ({ targets: [target.address], labels: target.labels }));
      const next = `${targetFile}.${++written}`;
      await writeFile(next, JSON.stringify(groups));
      await rename(next, targetFile);
    },
    close: () => end(child),
  };
}

function configuration(targetFile: string): unknown {
  return {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    scrape_configs: [
      { job_name: 'sandbox', file_sd_configs: [{ files: [targetFile], refresh_interval: '1s' }] },
    ],
  };
}

async function untilReady(url: string, child: ChildProcess, errors: () => string): Promise<void> {
  for (let attempt = 0; attempt < 150; attempt++) {
    if (child.exitCode !== null) {
      throw new AppError(
        'ToolMissing',
        `prometheus ended at once with code ${child.exitCode}: ${errors().trim()}`,
      );
    }
    const isReady = await fetch(`${url}/-/ready`).then(
      (response) => response.ok,
      () => false,
    );
    if (isReady) return;
    await delay(100);
  }
  await end(child);
  throw new AppError('ToolMissing', `prometheus was not ready at ${url} within 15 s: ${errors().trim()}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), 5000);
  await gone;
  clearTimeout(killer);
}
