import { spawn } from 'node:child_process';
import { AppError } from '#ports/errors.js';
import { gitFailure } from './git-failure.js';
import type { GitHome } from './git-home.js';

/** Nothing of what git prints beyond this is kept; more is an error. */
const maxOutputBytes = 16 * 1024 * 1024;
const maxErrorBytes = 16 * 1024;

export interface GitCall {
  /** The git binary; looked up in PATH when it is no path. */
  readonly binary: string;
  readonly home: GitHome;
  readonly args: readonly string[];
  readonly directory: string;
  readonly timeoutMs: number;
  /** Named in errors. */
  readonly url: string;
}

const transports = ['http', 'https', 'ssh'];

/** In force for every call: no transport but the three, no hooks, no credentials of the machine. */
const settings = [
  'protocol.allow=never',
  ...transports.map((transport) => `protocol.${transport}.allow=always`),
  'core.hooksPath=/dev/null',
  'gc.auto=0',
  'advice.detachedHead=false',
  'core.symlinks=true',
  'core.autocrlf=false',
  'submodule.recurse=false',
];

const guards = settings.flatMap((setting) => ['-c', setting]);

/** Runs git without a shell and with nothing of our environment but PATH. Resolves with what it printed. */
export function runGit(call: GitCall): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(call.binary, [...guards, ...call.args], {
      cwd: call.directory,
      env: { PATH: process.env['PATH'], ...call.home.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const kill = () => {
      if (child.pid !== undefined) killGroup(child.pid);
    };
    const out: Buffer[] = [];
    let outBytes = 0;
    let errors = '';
    let cutShort: AppError | undefined;
    const stop = (error: AppError) => {
      cutShort ??= error;
      kill();
    };
    const timer = setTimeout(() => stop(timedOut(call)), call.timeoutMs);
    child.stdout.on('data', (chunk: Buffer) => {
      outBytes += chunk.length;
      if (outBytes > maxOutputBytes) stop(tooMuch(call));
      else out.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-maxErrorBytes);
    });
    child.on('error', (cause) => {
      clearTimeout(timer);
      reject(notStarted(call, cause));
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      if (cutShort !== undefined) reject(cutShort);
      else if (code === 0) resolve(Buffer.concat(out).toString());
      else reject(gitFailure(call.url, errors));
    });
  });
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Every process of the group has ended by itself.
  }
}

function notStarted({ binary }: GitCall, cause: Error): AppError {
  const isMissing = 'code' in cause && cause.code === 'ENOENT';
  return isMissing
    ? new AppError('ToolMissing', `git: "${binary}" was not found; install git or set its path`, { cause })
    : new AppError('BrokenInvariant', `git: "${binary}" did not start: ${cause.message}`, { cause });
}

function timedOut({ url, timeoutMs }: GitCall): AppError {
  return new AppError('GitUnreachable', `'${url}' did not answer within ${timeoutMs / 1000}s (spec.timeout)`);
}

function tooMuch({ url }: GitCall): AppError {
  return new AppError('GitInvalid', `'${url}' lists more than ${maxOutputBytes / 1024 / 1024} MiB of refs`);
}
