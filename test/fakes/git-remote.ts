import { sha256Hex } from '#core/digest/sha256.js';
import type { GitAccess, GitCredentials, GitRemote } from '#ports/git-remote.js';
import { AppError } from '#ports/errors.js';

/** A remote in memory: commits are made by hand, calls are counted. */
export class FakeGitRemote implements GitRemote {
  readonly calls: string[] = [];
  /** What each listing logged in with. */
  readonly logins: GitCredentials[] = [];
  /** When set, every call fails with it. */
  failure: AppError | undefined;
  readonly #refs: Record<string, string> = {};
  readonly #commits = new Map<
    string,
    { subject: string; files: Readonly<Record<string, string>>; text: string }
  >();

  /** Makes a commit with exactly these files and points the ref at it. @param seconds - when; absent: it has no object. */
  commit(ref: string, subject: string, files: Readonly<Record<string, string>>, seconds?: number): string {
    const hash = sha256Hex(JSON.stringify([this.#commits.size, subject, files])).slice(0, 40);
    this.#commits.set(hash, {
      subject,
      files,
      text: seconds === undefined ? '' : commitText(subject, seconds),
    });
    this.#refs[ref] = hash;
    return hash;
  }

  /** Points a ref at a commit that was made before, or at nothing any more. */
  point(ref: string, commit: string | undefined): void {
    if (commit === undefined) delete this.#refs[ref];
    else this.#refs[ref] = commit;
  }

  listRefs({ credentials }: Pick<GitAccess, 'credentials'>) {
    this.calls.push('listRefs');
    this.logins.push(credentials);
    return this.#answer({ refs: { ...this.#refs } });
  }

  fetch(_access: unknown, { commit = '' }: { commit?: string }) {
    this.calls.push(`fetch ${commit}`);
    const found = this.#commits.get(commit);
    if (found === undefined) return Promise.reject(new AppError('GitRefMissing', `no commit ${commit}`));
    const files = Object.entries(found.files).map(([path, text]) => {
      return { path, content: new TextEncoder().encode(text), isExecutable: false };
    });
    return this.#answer({
      commit,
      subject: found.subject,
      files,
      commitObject: new TextEncoder().encode(found.text),
    });
  }

  #answer<T>(value: T): Promise<T> {
    return this.failure === undefined ? Promise.resolve(value) : Promise.reject(this.failure);
  }
}

function commitText(subject: string, seconds: number): string {
  const person = `A <a@test> ${seconds} +0000`;
  return `tree ${'0'.repeat(40)}\nauthor ${person}\ncommitter ${person}\n\n${subject}\n`;
}
