import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createCredentials } from '#adapters/kube-http/credentials.js';
import { createKubeHttp } from '#adapters/kube-http/kube-http.js';
import { loadKubeconfig } from '#adapters/kube-http/kubeconfig.js';
import { kinds } from '#api/kinds.js';
import { createRealClock } from '#runtime/clock.js';
import { serveGit } from '#sandbox/git/git-server.js';

/**
 * How long a commit of a large repository takes from the trigger (the reconcile annotation of its source) to the object
 * in the cluster and to Ready, with the fetch by Git in it; whoever makes sources and applies there. JSON to stdout.
 */
const { values: flags } = parseArgs({
  options: {
    files: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '5' },
    namespace: { type: 'string', default: 'bench-from-git' },
  },
});
const { namespace } = flags;
const directory = mkdtempSync(join(tmpdir(), 'sluice-bench-git-'));
const repository = join(directory, 'app');
const clock = createRealClock();
const credentials = createCredentials(await loadKubeconfig(), clock);
const kube = createKubeHttp({ credentials, clock, userAgent: 'bench' });
const source = { kind: kinds.gitRepository, namespace, name: 'app' };
const who = { NAME: 'bench', EMAIL: 'bench@example.test' };
const names = ['AUTHOR', 'COMMITTER'].flatMap((role) =>
  Object.entries(who).map(([key, value]) => [`GIT_${role}_${key}`, value] as const),
);

function git(...args: readonly string[]): string {
  const env = { PATH: process.env['PATH'], HOME: directory, ...Object.fromEntries(names) };
  return execFileSync('git', args, { cwd: repository, env, encoding: 'utf8' }).trim();
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(repository, path)), { recursive: true });
  writeFileSync(join(repository, path), text);
}

function commit(v: string): string {
  const map = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: ${namespace}}\ndata: {v: '${v}'}\n`;
  write('deploy/a.yaml', map);
  git('add', '.');
  git('commit', '--quiet', '-m', `commit ${v}`);
  return git('rev-parse', 'HEAD');
}

async function until(what: string, holds: () => Promise<boolean>): Promise<number> {
  const limit = performance.now() + 120_000;
  while (!(await holds())) {
    if (performance.now() > limit) throw new Error(`never: ${what}`);
    await sleep(10);
  }
  return performance.now();
}

const isThere = async (v: string) => {
  const map = await kube.get({ kind: kinds.configMap, namespace, name: 'a' });
  return (map?.['data'] as { v?: string } | undefined)?.v === v;
};
const isReady = async (hash: string) => {
  const found = await kube.get({ kind: kinds.kustomization, namespace, name: 'app' });
  const { lastAppliedRevision = '' } = (found?.['status'] ?? {}) as { lastAppliedRevision?: string };
  return lastAppliedRevision.endsWith(hash);
};

async function measure(round: number): Promise<{ readonly objectMs: number; readonly readyMs: number }> {
  const v = String(round);
  const hash = commit(v);
  await sleep(1000);
  const at = performance.now();
  const annotations = { 'reconcile.fluxcd.io/requestedAt': `round-${v}` };
  await kube.patch(source, { type: 'merge', body: { metadata: { annotations } } });
  const there = await until(`commit ${v} is applied`, () => isThere(v));
  const ready = await until(`commit ${v} is Ready`, () => isReady(hash));
  return { objectMs: Math.round(there - at), readyMs: Math.round(ready - at) };
}

mkdirSync(repository, { recursive: true });
git('init', '--quiet', '--initial-branch=main');
for (let i = 0; i < Number(flags.files); i += 1) write(`other/${i % 100}/${i}.yaml`, `file: ${i}\n`);
const first = commit('0');
const server = await serveGit(directory);
try {
  await kube.create(kinds.namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await kube.create(kinds.gitRepository, {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: { name: 'app', namespace },
    spec: { url: `${server.url}/app`, interval: '10m', ref: { branch: 'main' } },
  } as never);
  await kube.create(kinds.kustomization, {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: 'app', namespace },
    spec: {
      interval: '10m',
      path: './deploy',
      prune: true,
      sourceRef: { kind: 'GitRepository', name: 'app' },
    },
  } as never);
  await until('the first commit is Ready', () => isReady(first));
  const rounds: { readonly objectMs: number; readonly readyMs: number }[] = [];
  for (let round = 1; round <= Number(flags.rounds); round += 1) rounds.push(await measure(round));
  process.stdout.write(`${JSON.stringify({ files: Number(flags.files), rounds })}\n`);
} finally {
  await kube.delete({ kind: kinds.kustomization, namespace, name: 'app' }, {});
  await kube.delete(source, {});
  await kube.delete({ kind: kinds.namespace, name: namespace }, {});
  await server.close();
  await kube.close();
  rmSync(directory, { recursive: true, force: true });
}
