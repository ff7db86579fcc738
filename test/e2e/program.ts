import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** `sluice controller` as a process. */
export interface RunningProgram {
  readonly healthz: string;
  readonly metrics: string;
  /** Its log so far: one JSON object a line. */
  log(): string;
  stop(): Promise<void>;
  /** Ends it without a word to it. */
  kill(): Promise<void>;
  /** Any other signal, for instance to hold it and to let it go on. */
  signal(name: NodeJS.Signals): void;
  hasEnded(): boolean;
}

/** Starts the controllers and waits until they are ready. The lease is kept in the namespace given. */
export async function startProgram(
  program: string,
  kubeconfig: string,
  leaseNamespace: string,
): Promise<RunningProgram> {
  const running = await launchProgram(program, kubeconfig, leaseNamespace);
  await untilReady(running);
  return running;
}

/** As {@link startProgram}, ready or not. */
export async function launchProgram(
  program: string,
  kubeconfig: string,
  leaseNamespace: string,
  flags: readonly string[] = [],
): Promise<RunningProgram> {
  const storage = mkdtempSync(join(tmpdir(), 'sluice-e2e-'));
  const [healthzPort, metricsPort] = [await freePort(), await freePort()];
  const args = ['controller', '--kubeconfig', kubeconfig, '--bind-address', '127.0.0.1'];
  const ports = ['--healthz-port', String(healthzPort), '--metrics-port', String(metricsPort)];
  const child = spawn(
    process.execPath,
    [program, ...args, ...ports, '--storage-path', storage, '--loglevel', 'debug', ...flags],
    { env: { ...process.env, POD_NAMESPACE: leaseNamespace }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let log = '';
  const keep = (chunk: Buffer): void => void (log += chunk.toString());
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await ended;
    rmSync(storage, { recursive: true, force: true });
  };
  return {
    healthz: `http://127.0.0.1:${healthzPort}`,
    metrics: `http://127.0.0.1:${metricsPort}/metrics`,
    log: () => log,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    signal: (name) => void child.kill(name),
    hasEnded: () => child.exitCode !== null,
  };
}

async function untilReady(running: RunningProgram): Promise<void> {
  const end = Date.now() + 30_000;
  for (;;) {
    if (running.hasEnded() || Date.now() > end)
      throw new Error(`the controllers did not become ready:\n${running.log()}`);
    const answer = await fetch(`${running.healthz}/readyz`).catch(() => undefined);
    if (answer?.status === 200) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
