import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Repositories made by the real git in a folder of their own. */
export class GitRepos {
  readonly directory = mkdtempSync(join(tmpdir(), 'sluice-test-repos-'));

  /** Runs git in a repository. @returns what it printed. */
  git(repository: string, args: readonly string[], input?: string | Buffer): string {
    const who = { NAME: 'a', EMAIL: 'a@b.c' };
    const names = ['AUTHOR', 'COMMITTER'].flatMap((role) =>
      Object.entries(who).map(([key, value]) => [`GIT_${role}_${key}`, value]),
    );
    const folder = join(this.directory, repository);
    mkdirSync(folder, { recursive: true });
    const env = { PATH: process.env['PATH'], HOME: this.directory, ...Object.fromEntries(names) };
    const options = { cwd: folder, env, ...(input === undefined ? {} : { input }) };
    return execFileSync('git', ['-c', 'protocol.file.allow=always', ...args], {
      ...options,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
      .toString()
      .trim();
  }

  init(repository: string): void {
    this.git(repository, ['init', '--quiet', '--initial-branch=main']);
  }

  /** Commits these files beside those that are there. @returns the hash. */
  commit(repository: string, files: Readonly<Record<string, string>>, subject = 'a change'): string {
    for (const [path, text] of Object.entries(files)) {
      const full = join(this.directory, repository, path);
      mkdirSync(dirname(full), { recursive: true });
      writeFileSync(full, text);
    }
    this.git(repository, ['add', '.']);
    this.git(repository, ['commit', '--quiet', '--allow-empty', '-m', subject]);
    return this.git(repository, ['rev-parse', 'HEAD']);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
