import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve as absolute } from 'node:path';
import { AppError } from '#ports/errors.js';
import type { Io } from '../io.js';

/** A clone of the user's own, made with the user's own credentials, which is gone afterwards. */
export interface Checkout {
  readonly folder: string;
  /** Runs git in it; throws GitInvalid with what git says. */
  readonly git: (...args: readonly string[]) => Promise<string>;
}

const mostBytes = 64 * 1024 * 1024;

/** Clones a branch, or a whole repository, of a URL or folder, hands it to `work` and removes it. Throws GitUnreachable when it cannot be cloned. */
export async function withCheckout<T>(
  io: Io,
  { url, branch }: { readonly url: string; readonly branch?: string },
  work: (checkout: Checkout) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-checkout-'));
  try {
    const only = branch === undefined ? [] : ['--branch', branch, '--single-branch'];
    const from = existsSync(url) ? absolute(url) : url;
    await run(io, tmpdir(), ['clone', '--quiet', ...only, '--', from, folder], 'GitUnreachable');
    return await work({ folder, git: (...args) => run(io, folder, args, 'GitInvalid') });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function run(
  io: Io,
  cwd: string,
  args: readonly string[],
  code: 'GitUnreachable' | 'GitInvalid',
): Promise<string> {
  // The user's keys and helpers count; nobody is asked for a password.
  const env = { ...io.env, GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
  return new Promise((resolve, reject) => {
    execFile(
      'git',
      [...args],
      { cwd, env, maxBuffer: mostBytes, signal: io.interrupted },
      (error, out, err) => {
        if (error === null) resolve(out);
        else if (error.name === 'AbortError') reject(new AppError('ShuttingDown', 'interrupted'));
        else
          reject(new AppError(code, `git ${args[0] ?? ''}: ${said(err, error.message)}`, { cause: error }));
      },
    );
  });
}

/** The last words of git, without a login in a URL. */
function said(err: string, message: string): string {
  const text = err.trim() === '' ? message : err.trim().split('\n').slice(-3).join('; ');
  return text.replace(/\/\/[^/@\s]+@/g, '//');
}
