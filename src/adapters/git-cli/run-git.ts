import { spawn } from 'node:child_process';
import { shownUrl } from '#core/gitops/source/git/git-spec.js';
import { AppError } from '#ports/errors.js';
import { gitFailure } from './git-failure.js';
import type { GitHome } from './git-home.js';
import { watchPacks } from './watch-packs.js';

/** Nothing of what git prints beyond this is kept; more is an error. */
const defaultOutputBytes = 16 * 1024 * 1024;
const maxErrorBytes = 16 * 1024;

export interface GitCall {
  /** The git binary; looked up in PATH when it is no path. */
  readonly binary: string;
  readonly home: GitHome;
  readonly args: readonly string[];
  readonly directory: string;
  /** What the deadline was made of; named in errors. */
  readonly timeoutMs: number;
  /** When the operation that this call is part of must have ended, in ms of the machine's clock. */
  readonly deadline: number;
  /** Named in errors. */
  readonly url: string;
}

/** What a call may ask for beside its arguments. */
export interface GitCallOptions {
  /** What git reads; default nothing. */
  readonly input?: string;
  /** Default 16 MiB. */
  readonly maxOutputBytes?: number;
  /** A repository that may not grow beyond this while git runs. */
  readonly watched?: { readonly directory: string; readonly maxBytes: number };
}

/** Runs git and resolves with what it printed. */
export type Git = (args: readonly string[], options?: GitCallOptions) => Promise<Buffer>;

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
export function runGit(call: GitCall & GitCallOptions): Promise<Buffer> {
  const { input, watched, maxOutputBytes = defaultOutputBytes } = call;
  return new Promise((resolve, reject) => {
    const child = spawn(call.binary, [...guards, ...call.args], {
      cwd: call.directory,
      env: { PATH: process.env['PATH'], ...call.home.environment },
      stdio: ['pipe', 'pipe', 'pipe'],
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
    const timer = setTimeout(() => stop(timedOut(call)), Math.max(1, call.deadline - Date.now()));
    const unwatch = watched === undefined ? () => undefined : watchPacks(watched, () => stop(tooLarge(call)));
    const end = () => {
      clearTimeout(timer);
      unwatch();
    };
    // Git may end before it has read everything.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
    child.stdout.on('data', (chunk: Buffer) => {
      outBytes += chunk.length;
      if (outBytes > maxOutputBytes) stop(tooMuch(call, maxOutputBytes));
      else out.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-maxErrorBytes);
    });
    child.on('error', (cause) => {
      end();
      reject(notStarted(call, cause));
    });
    child.on('close', (code) => {
      end();
      if (cutShort !== undefined) reject(cutShort);
      else if (code === 0) resolve(Buffer.concat(out));
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
  return new AppError(
    'GitUnreachable',
    `'${shownUrl(url)}' did not answer within ${timeoutMs / 1000}s (spec.timeout)`,
  );
}

function tooMuch({ url }: GitCall, maxBytes: number): AppError {
  return new AppError(
    'GitInvalid',
    `'${shownUrl(url)}' lists more than ${Math.ceil(maxBytes / 1024 / 1024)} MiB`,
  );
}

function tooLarge({ url, watched }: GitCall & GitCallOptions): AppError {
  const mebibytes = Math.floor((watched?.maxBytes ?? 0) / 1024 / 1024);
  return new AppError('GitInvalid', `'${shownUrl(url)}' sends more than ${mebibytes} MiB for one commit`);
}
