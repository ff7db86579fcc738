import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMessage, generateKey, readPrivateKey, sign } from 'openpgp';
import type { GitRepos } from './git-repo.js';

/** Makes an armored signature over a Git object. */
export interface Signer {
  /** As a Secret holds it. */
  readonly publicKey: string;
  sign(payload: string): Promise<string>;
}

export async function pgpSigner(date = new Date(Date.now() - 60_000)): Promise<Signer> {
  const { privateKey, publicKey } = await generateKey({
    userIDs: [{ name: 'a', email: 'a@b.c' }],
    date,
    format: 'armored',
  });
  const signingKeys = await readPrivateKey({ armoredKey: privateKey });
  return {
    publicKey,
    sign: async (payload) => {
      const message = await createMessage({ binary: Buffer.from(payload) });
      const signature = await sign({ message, signingKeys, detached: true, format: 'armored' });
      return signature.replaceAll('\r', '').trimEnd();
    },
  };
}

/** Signs with `ssh-keygen`, as git does it. @param namespace - `git` for what Git signs. */
export function sshSigner(repos: GitRepos, type: string, namespace = 'git'): Signer {
  const key = join(repos.directory, `key-${type}-${namespace}`);
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', key, '-C', 'a@b.c'], { stdio: 'ignore' });
  return {
    publicKey: readFileSync(`${key}.pub`, 'utf8'),
    sign: (payload) => {
      const file = join(repos.directory, 'payload');
      writeFileSync(file, payload);
      execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-n', namespace, '-f', key, file], { stdio: 'ignore' });
      const signature = readFileSync(`${file}.sig`, 'utf8').trimEnd();
      execFileSync('rm', [`${file}.sig`]);
      return Promise.resolve(signature);
    },
  };
}

/** Signs the commit that a ref names, and moves the ref to the signed one. @returns its hash. */
export async function signCommit(repos: GitRepos, repository: string, signer: Signer): Promise<string> {
  const raw = `${repos.git(repository, ['cat-file', 'commit', 'HEAD'])}\n`;
  const signature = (await signer.sign(raw)).replaceAll('\n', '\n ');
  const [head = '', ...body] = raw.split('\n\n');
  const signed = `${head}\ngpgsig ${signature}\n\n${body.join('\n\n')}`;
  const hash = repos.git(repository, ['hash-object', '-t', 'commit', '-w', '--stdin'], signed);
  repos.git(repository, ['update-ref', 'refs/heads/main', hash]);
  return hash;
}

/** Makes a signed annotated tag of HEAD. @returns the hash of the tag. */
export async function signTag(
  repos: GitRepos,
  repository: string,
  tag: string,
  signer: Signer,
): Promise<string> {
  const commit = repos.git(repository, ['rev-parse', 'HEAD']);
  const raw = `object ${commit}\ntype commit\ntag ${tag}\ntagger a <a@b.c> 1700000000 +0000\n\n${tag}\n`;
  const signed = `${raw}${await signer.sign(raw)}\n`;
  const hash = repos.git(repository, ['hash-object', '-t', 'tag', '-w', '--stdin'], signed);
  repos.git(repository, ['update-ref', `refs/tags/${tag}`, hash]);
  return hash;
}
