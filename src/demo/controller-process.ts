import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { AppError } from '#ports/errors.js';

export interface ControllerProcess {
  readonly pid: number;
  /** With its key. */
  readonly pageUrl: string;
  /** SIGTERM and wait; SIGKILL after ten seconds. */
  stop(): Promise<void>;
  /** SIGKILL, as a crash would. */
  kill(): Promise<void>;
}

export interface ControllerProcessSetup {
  readonly kubeconfig: string;
  /** Logs go here, one JSON object a line. */
  readonly logFile: string;
  readonly storagePath: string;
  /** 0 takes a free one. */
  readonly pagePort: number;
  /** Whoever opens the page must know it. */
  readonly pageKey: string;
  /** Beside those of this process. */
  readonly env: Readonly<Record<string, string>>;
  /** Called when the process ends without having been asked to. */
  readonly onExit: (why: string) => void;
}

/** Runs the controllers as a process of their own, by the program that runs now, against a kubeconfig. */
export async function startControllerProcess(setup: ControllerProcessSetup): Promise<ControllerProcess> {
  const program = process.argv[1] ?? '';
  const child = spawn(
    process.execPath,
    [
      ...process.execArgv,
      program,
      'controller',
      '--kubeconfig',
      setup.kubeconfig,
      '--metrics-port',
      '0',
      '--healthz-port',
      '0',
      '--bind-address',
      '127.0.0.1',
      '--page-port',
      String(setup.pagePort),
      '--storage-path',
      setup.storagePath,
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, SLUICE_PAGE_KEY: setup.pageKey, ...setup.env },
    },
  );
  const log = createWriteStream(setup.logFile, { flags: 'a' });
  child.stderr.pipe(log);
  let isWanted = true;
  child.once('exit', (code, signal) => {
    if (isWanted) void tellExit(setup, signal ?? `code ${code}`);
  });
  const pageUrl = await firstPage(child, setup.logFile);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    isWanted = false;
    await endChild(child, signal);
  };
  return { pid: child.pid ?? 0, pageUrl, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}

async function tellExit(setup: ControllerProcessSetup, how: string): Promise<void> {
  setup.onExit(`the controller process ended (${how}); it said last:\n${await lastLines(setup.logFile)}`);
}

async function lastLines(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-5).join('\n');
}

async function firstPage(child: ChildProcess, logFile: string): Promise<string> {
  if (child.stdout === null) throw new AppError('BrokenInvariant', 'the controller process has no output');
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    const url = /^page (\S+)$/.exec(line)?.[1];
    if (url !== undefined) {
      child.stdout.resume();
      return url;
    }
  }
  throw new AppError(
    'ToolMissing',
    `the controller process ended before it was up; it said last:\n${await lastLines(logFile)}`,
  );
}

async function endChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill(signal);
  const killer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await gone;
  clearTimeout(killer);
}
